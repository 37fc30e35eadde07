-- only the diagonal is read, all is kept
local N = dims("N")
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {N, 5})
local f = func("f", f32, {5, 5})
local y = func("y", f32, {N, 5})
local U = param("U", f32, {5, 5})
f[i][j] = 2 * U[i][j]
y[n][i] = f[i][i] + x[n][i]
return model { name = "region_diagonal", inputs = {x}, outputs = {y, f}, states = {} }
