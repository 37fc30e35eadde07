-- cells/lstm_noaf.lua · LSTM without the function at its output, h = o c: "NOAF" of Greff, Srivastava, Koutnik,
-- Steunebrink, Schmidhuber: LSTM, a search space odyssey (2015, arXiv 1503.04069), without the peepholes it has there
--
-- lstm_noaf(t, n, x, X, H): a layer of H units over x[t][n][X], gate order i f g o; returns h and c.
local T, N = dims("T", "N")

return function(t, n, x, X, H)
	local g, i, j, k = axes("g", "i", "j", "k")
	local W, U, b = param("W", f32, {4, H, X}), param("U", f32, {4, H, H}), param("b", f32, {4, H})
	local c, h = state("c", f32, {T, N, H}), state("h", f32, {T, N, H})
	local a = func("a", f32, {T, N, 4, H})                 -- the four gates before activation
	a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t-1][n][j])
	c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t-1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])
	h[t][n][i] = sigmoid(a[t][n][3][i]) * c[t][n][i]
	return h, c
end
