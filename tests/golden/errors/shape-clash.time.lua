-- rnngen show model THIS
local T, N = dims("T", "N")
local X, H = dim("X", 3), dim("H", 4)
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {T, N, X})
local W = param("W", f32, {H, X})
local h = state("h", f32, {T, N, H})
local T2 = dim("T2")
local t2 = time("t2", T2)
local z = state("z", f32, {T2, N, H})
z[t2][n][i] = z[t2-1][n][i] + x[t2-1][n][0]
h[t][n][i] = tanh(h[t-1][n][i] + sum(k, W[i][k] * x[t][n][k]))
return model { name = "m", inputs = {x}, outputs = {h}, states = {h} }
