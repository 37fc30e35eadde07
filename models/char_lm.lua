-- models/char_lm.lua · a language model over characters (Graves, 2013): embedding, two LSTM layers, dense, softmax
--
-- V characters as ids in tok, D numbers for each, H units a layer; y[t][n] are the probabilities of the next
-- character. V = 76 fits the text of the GPL, version 3, on which tests/train_char_lm.py trains it.
local lstm, softmax = require("cells.lstm"), require("cells.softmax")

local T, N = dims("T", "N")
local V, D, H = dim("V", 76), dim("D", 64), dim("H", 128)
local t = time("t", T)
local n, d, j, v = axes("n", "d", "j", "v")

local tok = input("tok", i32, {T, N})
local E = param("E", f32, {V, D})
local x = func("x", f32, {T, N, D})
x[t][n][d] = E[tok[t][n]][d]

local h1, c1 = scope("layer1", function() return lstm(t, n, x, D, H) end)
local h2, c2 = scope("layer2", function() return lstm(t, n, h1, H, H) end)

local o = scope("dense", function()
	local W, b = param("W", f32, {V, H}), param("b", f32, {V})
	local o = func("o", f32, {T, N, V})
	o[t][n][v] = b[v] + sum(j, W[v][j] * h2[t][n][j])
	return o
end)
local y = softmax(t, n, o, V)

return model { name = "char_lm", inputs = {tok}, outputs = {y}, states = {h1, c1, h2, c2} }
