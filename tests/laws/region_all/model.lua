-- one element is read, all are kept
local N = dims("N")
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {N, 5})
local f = func("f", f32, {N, 5})
local y = func("y", f32, {N})
f[n][i] = 2 * x[n][i]
y[n] = f[n][0]
return model { name = "region_all", inputs = {x}, outputs = {y, f}, states = {} }
