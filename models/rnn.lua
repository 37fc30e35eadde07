-- models/rnn.lua · the recurrent network of the textbook (Goodfellow et al., Deep Learning, 2016, from eq. 10.8 on)
--
--   a = b + W h + U x      h = tanh a      o = c + V h      y = softmax o
local softmax = require("cells.softmax")

local T, N = dims("T", "N")
local X, H, Y = dim("X", 256), dim("H", 256), dim("Y", 64)
local t = time("t", T)
local n, i, j, k, p = axes("n", "i", "j", "k", "p")

local x = input("x", f32, {T, N, X})
local W = param("W", f32, {H, H})                      -- hidden to hidden
local U = param("U", f32, {H, X})                      -- input to hidden
local V = param("V", f32, {Y, H})                      -- hidden to output
local b, c = param("b", f32, {H}), param("c", f32, {Y})
local h = state("h", f32, {T, N, H})

local a = func("a", f32, {T, N, H})
a[t][n][i] = b[i] + sum(k, U[i][k] * x[t][n][k])       -- first, so that it can be extracted bit for bit
                  + sum(j, W[i][j] * h[t-1][n][j])
h[t][n][i] = tanh(a[t][n][i])

local o = func("o", f32, {T, N, Y})
o[t][n][p] = c[p] + sum(j, V[p][j] * h[t][n][j])
local y = softmax(t, n, o, Y)

return model { name = "rnn", inputs = {x}, outputs = {y}, states = {h} }
