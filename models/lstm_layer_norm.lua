-- models/lstm_layer_norm.lua · a layer of LSTM with layer normalisation; see cells/lstm_layer_norm.lua
local lstm_layer_norm = require("cells.lstm_layer_norm")

local T, N = dims("T", "N")
local X, H = dim("X", 64), dim("H", 64)
local t, n = time("t", T), axis("n")

local x = input("x", f32, {T, N, X})
local h, c = lstm_layer_norm(t, n, x, X, H)

return model { name = "lstm_layer_norm", inputs = {x}, outputs = {h}, states = {h, c} }
