-- threads add to one sum
local N = dims("N")
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {N, 5})
local U = param("U", f32, {5})
local y = func("y", f32, {N})
y[n] = sum(j, U[j] * x[n][j])
return model { name = "sum_parallel", inputs = {x}, outputs = {y}, states = {} }
