-- parts of one and of two in turn
local T, N = dims("T", "N")
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {T, N, 5})
local h = state("h", f32, {T, N, 6})
local a = func("a", f32, {T, N, 6})
local b = param("b", f32, {6})
a[t][n][i] = b[i] * h[t-1][n][i]
h[t][n][i] = a[t][n][i] + x[t][n][0]
return model { name = "slice_part", inputs = {x}, outputs = {h}, states = {h} }
