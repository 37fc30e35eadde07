-- the sum is kept where the old value is
local T, N = dims("T", "N")
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {T, N, 5})
local h = state("h", f32, {T, N, 5})
local y = func("y", f32, {N, 5})
local U = param("U", f32, {5, 5})
h[t][n][i] = h[t-1][n][i] * sum(k, U[i][k] * x[t][n][k])
y[n][i] = h[T-1][n][i]
return model { name = "in_place_sum", inputs = {x}, outputs = {y}, states = {h} }
