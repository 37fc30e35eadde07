-- models/lstm.lua · Long short-term memory (Hochreiter & Schmidhuber, 1997; forget gate: Gers et al., 2000)
--
-- Gate order i f g o, as in torch.nn.LSTM; b is the sum of its two biases.
local T, N = dims("T", "N")                            -- steps, sequences: given at run time
local X, H = dim("X", 256), dim("H", 256)              -- inputs, units
local t = time("t", T)                                 -- the axis along which sequences run
local n, g, i, j, k = axes("n", "g", "i", "j", "k")

local x = input("x", f32, {T, N, X})
local W = param("W", f32, {4, H, X})                   -- input weights
local U = param("U", f32, {4, H, H})                   -- recurrent weights
local b = param("b", f32, {4, H})
local c, h = state("c", f32, {T, N, H}), state("h", f32, {T, N, H})

local a = func("a", f32, {T, N, 4, H})                 -- the four gates before activation
a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k])
                        + sum(j, U[g][i][j] * h[t-1][n][j])
c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t-1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])
h[t][n][i] = sigmoid(a[t][n][3][i]) * tanh(c[t][n][i])

return model { name = "lstm", inputs = {x}, outputs = {h}, states = {h, c} }
