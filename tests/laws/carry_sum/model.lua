-- a scan of a sum
local T, N = dims("T", "N")
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {T, N, 5})
local h = state("h", f32, {T, N, 5})
local U = param("U", f32, {5, 5})
h[t][n][i] = 0.5 * h[t-1][n][i] + sum(k, U[i][k] * x[t][n][k])
return model { name = "carry_sum", inputs = {x}, outputs = {h}, states = {h} }
