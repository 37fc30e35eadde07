-- f is read at one place, g, which is computed with it, is kept whole
local N = dims("N")
local n, i = axes("n", "i")
local x = input("x", f32, {N, 5})
local f = func("f", f32, {N, 5})
local g = func("g", f32, {N, 5})
local y = func("y", f32, {N, 5})
f[n][i] = 2 * x[n][i]
g[n][i] = 3 * x[n][i]
y[n][i] = f[n][0] + x[n][i]
return model { name = "region_with", inputs = {x}, outputs = {y, g}, states = {} }
