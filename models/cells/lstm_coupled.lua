-- cells/lstm_coupled.lua · LSTM whose input and forget gates sum to 1: "CIFG" of Greff, Srivastava, Koutnik,
-- Steunebrink, Schmidhuber: LSTM, a search space odyssey (2015, arXiv 1503.04069), without the peepholes it has there
--
-- lstm_coupled(t, n, x, X, H): a layer of H units over x[t][n][X], gate order f g o; returns h and c. Here f is learned
-- and i = 1 - f, there i and f = 1 - i: the same up to the sign of what makes the gate.
local T, N = dims("T", "N")

return function(t, n, x, X, H)
	local g, i, j, k = axes("g", "i", "j", "k")
	local W, U, b = param("W", f32, {3, H, X}), param("U", f32, {3, H, H}), param("b", f32, {3, H})
	local c, h = state("c", f32, {T, N, H}), state("h", f32, {T, N, H})
	local a, f = func("a", f32, {T, N, 3, H}), func("f", f32, {T, N, H})
	a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t-1][n][j])
	f[t][n][i] = sigmoid(a[t][n][0][i])
	c[t][n][i] = f[t][n][i] * c[t-1][n][i] + (1 - f[t][n][i]) * tanh(a[t][n][1][i])
	h[t][n][i] = sigmoid(a[t][n][2][i]) * tanh(c[t][n][i])
	return h, c
end
