-- a team inside a team
local N = dims("N")
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {N, 5})
local f = func("f", f32, {N, 5})
local y = func("y", f32, {N, 5})
f[n][i] = 2 * x[n][i]
y[n][i] = f[n][i] + x[n][i]
return model { name = "parallel_inside", inputs = {x}, outputs = {y}, states = {} }
