-- models/ragged.lua · sequences of different lengths, in both directions; a lag of two
local T, N = dims("T", "N")
local X, H = dim("X", 5), dim("H", 11)
local len = input("len", i32, {N})
local t = time("t", T, { lengths = len })
local n, i, j, k = axes("n", "i", "j", "k")

local x = input("x", f32, {T, N, X})
local W, U = param("W", f32, {2, H, X}), param("U", f32, {2, H, H})
local last = param("last", f32, {H})
local f, b = state("f", f32, {T, N, H}), state("b", f32, {T, N, H})
local y, final = func("y", f32, {T, N}), func("final", f32, {N, H})

f[t][n][i] = tanh(sum(k, W[0][i][k] * x[t][n][k]) + sum(j, U[0][i][j] * f[t-1][n][j]) + f[t-2][n][i])
b[t][n][i] = tanh(sum(k, W[1][i][k] * x[t][n][k]) + sum(j, U[1][i][j] * b[t+1][n][j]))
b[T][n][i] = last[i]
y[t][n] = sum(i, f[t][n][i] * b[t][n][i]) + 1
final[n][i] = f[T-1][n][i]

return model { name = "ragged", inputs = {x, len}, outputs = {y, f, final} }
