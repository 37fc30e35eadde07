-- starts.lua · what shipped models do not use: starts of one's own, steps further back, earlier inputs, the last step
local T, N = dims("T", "N")
local X, H = dim("X", 5), dim("H", 24)
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {T, N, X})
local tok = input("tok", i32, {T, N})
local W, U = param("W", f32, {H, X}), param("U", f32, {H, H})
local E = param("E", f32, {16, H})
local h0 = param("h0", f32, {H})                       -- a learned start

local h = state("h", f32, {T, N, H})
h[-1][n][i] = h0[i]
h[-2][n][i] = 0.5 * h0[i]
local s = state("s", f32, {T, N, H})                   -- a running mean that starts at 1
s[-1][n][i] = 1
s[t][n][i] = 0.75 * s[t-1][n][i] + 0.25 * h[t-2][n][i]
h[t][n][i] = tanh(E[tok[t][n]][i] + sum(k, W[i][k] * x[t-1][n][k]) + sum(j, U[i][j] * h[t-1][n][j]) - s[t][n][i])

local y = func("y", f32, {T, N})
y[t][n] = where(lt(amin(i, h[t][n][i]), 0), sum(i, max(h[t][n][i], 0)), prod(i, h[t][n][i]))

return model { name = "starts", inputs = {x, tok}, outputs = {h, y}, states = {h, s} }
