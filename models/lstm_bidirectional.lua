-- models/lstm_bidirectional.lua · L layers of LSTM in both directions (Graves & Schmidhuber, 2005), as torch.nn.LSTM
--
-- A layer reads the states of both directions of the one below, end to end: "layer1.forward.h", then "layer1.backward.h".
local lstm, concat = require("cells.lstm"), require("cells.concat")

local L = setting("L", 2)
local T, N = dims("T", "N")
local X, H = dim("X", 64), dim("H", 32)
local t, n = time("t", T), axis("n")

local x = input("x", f32, {T, N, X})
local below, width = x, X
for l = 1, L do
	below = scope("layer" .. l, function()
		local f = scope("forward", function() return lstm(t, n, below, width, H) end)
		local b = scope("backward", function() return lstm(t, n, below, width, H, -1) end)
		return concat(t, n, f, H, b, H)
	end)
	width = 2 * H
end

return model { name = "lstm_bidirectional", inputs = {x}, outputs = {below} }
