-- the second sum is taken out
local T, N = dims("T", "N")
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {T, N, 5})
local h = state("h", f32, {T, N, 5})
local a = func("a", f32, {T, N, 5})
local U = param("U", f32, {5, 5})
a[t][n][i] = sum(j, U[i][j] * h[t-1][n][j]) + sum(k, U[i][k] * x[t][n][k])
h[t][n][i] = tanh(a[t][n][i])
return model { name = "extract_order", inputs = {x}, outputs = {h}, states = {h} }
