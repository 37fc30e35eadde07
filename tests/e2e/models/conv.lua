-- models/conv.lua · a convolutional state, padded with zeros
local T, N = dims("T", "N")
local C, O, Y, X = dim("C", 2), dim("O", 3), dim("Y", 4), dim("X", 11)
local t = time("t", T)
local n, o, c, d, y, x = axes("n", "o", "c", "d", "y", "x")
local p, q = axes("p", "q")

local s = input("s", f32, {T, N, C, Y, X})
local W, U = param("W", f32, {O, C, 3, 3}), param("U", f32, {O, O, 3, 3})
local h = state("h", f32, {T, N, O, Y, X})

h[t][n][o][y][x] = tanh(sum({c, p, q}, W[o][c][p][q] * s:pad(0)[t][n][c][y+p-1][x+q-1])
                      + sum({d, p, q}, U[o][d][p][q] * h:pad(0)[t-1][n][d][y+p-1][x+q-1]))

return model { name = "conv", inputs = {s}, outputs = {h}, states = {h} }
