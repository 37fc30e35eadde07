-- models/rnnt_encoder.lua · the encoder of MLPerf's RNN-T (Graves, 2012, arXiv 1211.3711; as in He et al., 2019, arXiv
-- 1811.06621): LSTMs over frames, two frames stacked into one, LSTMs over these
--
-- A step of T is two frames, x[t][0] and x[t][1]: in memory the same as 2 T frames. The lower layers take two
-- steps in each. Gate order i f g o, as in torch.nn.LSTM; b is the sum of its two biases.
local lstm = require("cells.lstm")

local T, N = dims("T", "N")
local X, H = dim("X", 240), dim("H", 1024)
local lower, upper = setting("lower", 2), setting("upper", 3)            -- layers below and above the stacking
local t, n = time("t", T), axis("n")

local function lstm_pair(x, X)
	local g, i, j, k = axes("g", "i", "j", "k")
	local W, U, b = param("W", f32, {4, H, X}), param("U", f32, {4, H, H}), param("b", f32, {4, H})
	local c, h = state("c", f32, {T, 2, N, H}), state("h", f32, {T, 2, N, H})
	local a = func("a", f32, {T, 2, N, 4, H})
	for p = 0, 1 do
		local c1, h1 = c[t-1][1], h[t-1][1]                  -- the frame before
		if p == 1 then c1, h1 = c[t][0], h[t][0] end
		a[t][p][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][p][n][k]) + sum(j, U[g][i][j] * h1[n][j])
		c[t][p][n][i] = sigmoid(a[t][p][n][1][i]) * c1[n][i] + sigmoid(a[t][p][n][0][i]) * tanh(a[t][p][n][2][i])
		h[t][p][n][i] = sigmoid(a[t][p][n][3][i]) * tanh(c[t][p][n][i])
	end
	return h, c
end

local x = input("x", f32, {T, 2, N, X})
local below, width, states = x, X, {}
local function put_on(l, layer)
	local h, c = scope("layer" .. l, layer)
	states[2*l - 1], states[2*l] = h, c
	below, width = h, H
end
for l = 1, lower do
	put_on(l, function() return lstm_pair(below, width) end)
end

local m, p = axes("m", "p")
local stacked = func("stacked", f32, {T, N, 2 * H})
stacked[t][n][m] = sum(p, below:pad(0)[t][p][n][m-H*p])
below, width = stacked, 2 * H
for l = lower + 1, lower + upper do
	put_on(l, function() return lstm(t, n, below, width, H) end)
end

return model { name = "rnnt_encoder", inputs = {x}, outputs = {below}, states = states }
