-- models/lstm_four_gates.lua · Long short-term memory as papers print it: one equation for each gate
--
-- The same function as models/lstm.lua with W = (W_i, W_f, W_g, W_o) and so on. A schedule may compute the four
-- together again.
local T, N = dims("T", "N")
local X, H = dim("X", 256), dim("H", 256)
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")

local x = input("x", f32, {T, N, X})
local W_i, U_i, b_i = param("W_i", f32, {H, X}), param("U_i", f32, {H, H}), param("b_i", f32, {H})
local W_f, U_f, b_f = param("W_f", f32, {H, X}), param("U_f", f32, {H, H}), param("b_f", f32, {H})
local W_g, U_g, b_g = param("W_g", f32, {H, X}), param("U_g", f32, {H, H}), param("b_g", f32, {H})
local W_o, U_o, b_o = param("W_o", f32, {H, X}), param("U_o", f32, {H, H}), param("b_o", f32, {H})
local c, h = state("c", f32, {T, N, H}), state("h", f32, {T, N, H})

local a_i, a_f = func("a_i", f32, {T, N, H}), func("a_f", f32, {T, N, H})   -- input gate, forget gate
local a_g, a_o = func("a_g", f32, {T, N, H}), func("a_o", f32, {T, N, H})   -- candidate, output gate
a_i[t][n][i] = b_i[i] + sum(k, W_i[i][k] * x[t][n][k]) + sum(j, U_i[i][j] * h[t-1][n][j])
a_f[t][n][i] = b_f[i] + sum(k, W_f[i][k] * x[t][n][k]) + sum(j, U_f[i][j] * h[t-1][n][j])
a_g[t][n][i] = b_g[i] + sum(k, W_g[i][k] * x[t][n][k]) + sum(j, U_g[i][j] * h[t-1][n][j])
a_o[t][n][i] = b_o[i] + sum(k, W_o[i][k] * x[t][n][k]) + sum(j, U_o[i][j] * h[t-1][n][j])
c[t][n][i] = sigmoid(a_f[t][n][i]) * c[t-1][n][i] + sigmoid(a_i[t][n][i]) * tanh(a_g[t][n][i])
h[t][n][i] = sigmoid(a_o[t][n][i]) * tanh(c[t][n][i])

return model { name = "lstm_four_gates", inputs = {x}, outputs = {h}, states = {h, c} }
