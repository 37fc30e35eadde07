-- cells/lstm_peephole.lua · LSTM whose gates look at the cell (Gers & Schmidhuber, 2000), as in Graves, Generating
-- sequences with recurrent neural networks (2013, arXiv 1308.0850)
--
-- lstm_peephole(t, n, x, X, H): a layer of H units over x[t][n][X], gate order i f g o and peepholes p in the order
-- i f o; i and f look at the c before, o at the new one. Returns h and c.
local T, N = dims("T", "N")

return function(t, n, x, X, H)
	local g, i, j, k = axes("g", "i", "j", "k")
	local W, U, b = param("W", f32, {4, H, X}), param("U", f32, {4, H, H}), param("b", f32, {4, H})
	local p = param("p", f32, {3, H})                      -- peepholes: from each unit to its own gates
	local c, h = state("c", f32, {T, N, H}), state("h", f32, {T, N, H})
	local a = func("a", f32, {T, N, 4, H})                 -- the gates without peepholes
	a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t-1][n][j])
	c[t][n][i] = sigmoid(a[t][n][1][i] + p[1][i] * c[t-1][n][i]) * c[t-1][n][i]
	           + sigmoid(a[t][n][0][i] + p[0][i] * c[t-1][n][i]) * tanh(a[t][n][2][i])
	h[t][n][i] = sigmoid(a[t][n][3][i] + p[2][i] * c[t][n][i]) * tanh(c[t][n][i])
	return h, c
end
