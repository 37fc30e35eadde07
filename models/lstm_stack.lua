-- models/lstm_stack.lua · L layers of LSTM, each over the one below (Graves, Mohamed, Hinton, 2013)
--
-- The layers are scopes: "layer1.h" is the lowest. Depth is for Lua to know: --set L=4.
local lstm = require("cells.lstm")

local L = setting("L", 8)
local T, N = dims("T", "N")
local X, H = dim("X", 256), dim("H", 256)
local t, n = time("t", T), axis("n")

local x = input("x", f32, {T, N, X})
local below, width, states = x, X, {}
for l = 1, L do
	local h, c = scope("layer" .. l, function() return lstm(t, n, below, width, H) end)
	states[2*l - 1], states[2*l] = h, c
	below, width = h, H
end

return model { name = "lstm_stack", inputs = {x}, outputs = {below}, states = states }
