-- models/last.lua · the last state of L layers of LSTM over a long sequence: what is read after time is one step
local lstm = require("cells.lstm")

local L = setting("L", 2)
local T, N = dims("T", "N")
local X, H = dim("X", 5), dim("H", 12)
local t = time("t", T)
local n, i = axes("n", "i")

local x = input("x", f32, {T, N, X})
local last = func("last", f32, {N, H})
local below, width, states = x, X, {}
for l = 1, L do
	local h, c = scope("layer" .. l, function() return lstm(t, n, below, width, H) end)
	states[2*l - 1], states[2*l] = h, c
	below, width = h, H
end
last[n][i] = below[T-1][n][i]

return model { name = "last", inputs = {x}, outputs = {last}, states = states }
