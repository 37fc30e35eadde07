-- slices of three, and of two, four each
local T, N = dims("T", "N")
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {T, N, 5})
local h = state("h", f32, {T, N, 4})
local a = func("a", f32, {T, N, 12})
local b, d = param("b", f32, {12}), param("d", f32, {2})
a[t][n][j] = b[j] * h[t-1][n][0]
h[t][n][i] = sum(k, d[k] * a[t][n][2 * i + k]) + x[t][n][0]
return model { name = "slice_width", inputs = {x}, outputs = {h}, states = {h} }
