-- rows of one, columns of the other
local T, N = dims("T", "N")
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {T, N, 5})
local h = state("h", f32, {T, N, 6, 6})
local a = func("a", f32, {T, N, 6, 6})
local b = param("b", f32, {6})
a[t][n][i][j] = b[i] * h[t-1][n][i][j]
h[t][n][i][j] = a[t][n][i][j] + x[t][n][0]
return model { name = "slice_dim", inputs = {x}, outputs = {h}, states = {h} }
