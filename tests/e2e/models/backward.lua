-- models/backward.lua · a recurrence from the last step to the first, over the input and over one that runs forwards
local T, N = dims("T", "N")
local X, H = dim("X", 5), dim("H", 19)
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")

local x = input("x", f32, {T, N, X})
local W, U, V = param("W", f32, {2, H, X}), param("U", f32, {H, H}), param("V", f32, {H, H})
local last = param("last", f32, {H})
local a = func("a", f32, {T, N, H})
local f, b = state("f", f32, {T, N, H}), state("b", f32, {T, N, H})
local first = func("first", f32, {N, H})

f[t][n][i] = tanh(sum(k, W[0][i][k] * x[t][n][k]) + sum(j, U[i][j] * f[t-1][n][j]))
a[t][n][i] = sum(k, W[1][i][k] * x[t][n][k]) + sum(j, V[i][j] * b[t+1][n][j])
b[t][n][i] = f[t][n][i] * tanh(a[t][n][i]) + 0.5 * b[t+2][n][i]
b[T][n][i] = last[i]
first[n][i] = b[0][n][i]

return model { name = "backward", inputs = {x}, outputs = {b, first} }
