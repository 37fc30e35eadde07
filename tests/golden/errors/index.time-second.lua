-- rnngen show c THIS
local T, N = dims("T", "N")
local X, H = dim("X", 3), dim("H", 4)
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {T, N, X})
local W = param("W", f32, {H, X})
local h = state("h", f32, {T, N, H})
local z = state("z", f32, {N, T})
z[n][t] = z[n][t-1] + 1
h[t][n][i] = tanh(h[t-1][n][i] + sum(k, W[i][k] * x[t][n][k]))
return model { name = "m", inputs = {x}, outputs = {h, z}, states = {h} }
