-- models/lstm_residual.lua · L layers of LSTM, whose input is added to their output from the second one on (Wu et al.,
-- Google's neural machine translation system, 2016, arXiv 1609.08144; the encoder there begins with the third)
local lstm = require("cells.lstm")

local L = setting("L", 4)
local T, N = dims("T", "N")
local X, H = dim("X", 64), dim("H", 64)
local t, n, i = time("t", T), axis("n"), axis("i")

local x = input("x", f32, {T, N, X})
local h, c = scope("layer1", function() return lstm(t, n, x, X, H) end)
local below, states = h, {h, c}
for l = 2, L do
	below = scope("layer" .. l, function()
		local h, c = lstm(t, n, below, H, H)
		local y = func("y", f32, {T, N, H})
		y[t][n][i] = h[t][n][i] + below[t][n][i]
		states[2*l - 1], states[2*l] = h, c
		return y
	end)
end

return model { name = "lstm_residual", inputs = {x}, outputs = {below}, states = states }
