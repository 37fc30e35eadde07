-- models/rnn_tanh.lua · the simple recurrent network without biases and with tanh at the output; see cells/rnn_tanh.lua
local rnn_tanh = require("cells.rnn_tanh")

local T, N = dims("T", "N")
local X, H, Y = dim("X", 64), dim("H", 64), dim("Y", 16)
local t, n = time("t", T), axis("n")

local x = input("x", f32, {T, N, X})
local y, h = rnn_tanh(t, n, x, X, H, Y)

return model { name = "rnn_tanh", inputs = {x}, outputs = {y}, states = {h} }
