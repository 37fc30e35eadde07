-- two parallel loops in one nest
local N = dims("N")
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {N, 5})
local y = func("y", f32, {N, 5})
y[n][i] = 2 * x[n][i]
return model { name = "parallel_twice", inputs = {x}, outputs = {y}, states = {} }
