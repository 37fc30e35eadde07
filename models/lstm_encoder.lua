-- models/lstm_encoder.lua · an encoder over sequences of different lengths: L layers of LSTM in both directions, and for
-- each sequence the last state of either direction, as torch.nn.LSTM makes of packed sequences (Sutskever, Vinyals, Le, 2014,
-- arXiv 1409.3215; in both directions: Bahdanau, Cho, Bengio, 2015, arXiv 1409.0473)
--
-- y[t][n] holds the states of both directions at each step (0 from step len[n] on); code[n] those of the top layer after
-- reading all: forward at step len[n]-1, backward at step 0.
local lstm, concat = require("cells.lstm"), require("cells.concat")

local L = setting("L", 2)
local T, N = dims("T", "N")
local X, H = dim("X", 64), dim("H", 32)
local len = input("len", i32, {N})
local t = time("t", T, { lengths = len })
local n, i = axes("n", "i")

local x = input("x", f32, {T, N, X})
local y, width, f, b = x, X, nil, nil
for l = 1, L do
	y = scope("layer" .. l, function()
		f = scope("forward", function() return lstm(t, n, y, width, H) end)
		b = scope("backward", function() return lstm(t, n, y, width, H, -1) end)
		return concat(t, n, f, H, b, H)
	end)
	width = 2 * H
end
local code = func("code", f32, {N, 2, H})
code[n][0][i] = f[T-1][n][i]
code[n][1][i] = b[0][n][i]

return model { name = "lstm_encoder", inputs = {x, len}, outputs = {y, code} }
