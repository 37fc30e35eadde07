-- other loops in one nest
local N = dims("N")
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {N, 5})
local f = func("f", f32, {N, 7})
local U = param("U", f32, {7})
local y = func("y", f32, {N, 5})
f[n][j] = U[j] + x[n][0]
y[n][i] = 2 * x[n][i]
return model { name = "with_loops", inputs = {x}, outputs = {y, f}, states = {} }
