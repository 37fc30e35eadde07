-- models/conv_lstm.lua · a layer of ConvLSTM (Shi et al., 2015) over pictures x[t][n][C][Y][X]
local conv_lstm = require("cells.conv_lstm")

local T, N = dims("T", "N")
local C, H, Y, X = dim("C", 1), dim("H", 16), dim("Y", 16), dim("X", 16)
local K = setting("K", 3)
local t, n = time("t", T), axis("n")
local x = input("x", f32, {T, N, C, Y, X})
local h, c = conv_lstm(t, n, x, C, H, Y, X, K)

return model { name = "conv_lstm", inputs = {x}, outputs = {h}, states = {h, c} }
