-- models/restarts.lua · sequences that start anew where reset is set; what was read before reads as the start
local T, N = dims("T", "N")
local X, H = dim("X", 5), dim("H", 13)
local reset = input("reset", i32, {T, N})
local t = time("t", T, { reset = reset })
local n, i, j, k = axes("n", "i", "j", "k")

local x = input("x", f32, {T, N, X})
local W, U = param("W", f32, {H, X}), param("U", f32, {H, H})
local h0 = param("h0", f32, {H})
local h = state("h", f32, {T, N, H})

h[t][n][i] = tanh(sum(k, W[i][k] * x[t-1][n][k]) + sum(j, U[i][j] * h[t-1][n][j]) + 0.5 * h[t-2][n][i])
h[-1][n][i] = h0[i]

return model { name = "restarts", inputs = {x, reset}, outputs = {h} }
