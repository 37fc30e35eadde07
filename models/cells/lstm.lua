-- cells/lstm.lua · Long short-term memory (Hochreiter & Schmidhuber, 1997; forget gate: Gers et al., 2000)
--
-- lstm(t, n, x, X, H): a layer of H units over x[t][n][X], gate order i f g o; returns h and c. Its tensors carry the names of
-- the paper, so call it in scope("layer1", function() ... end) where there are several. A sixth argument, -1, runs it backwards.
local T, N = dims("T", "N")

return function(t, n, x, X, H, lag)
	local lag, g, i, j, k = lag or 1, axes("g", "i", "j", "k")
	local W = param("W", f32, {4, H, X})                   -- input weights
	local U = param("U", f32, {4, H, H})                   -- recurrent weights
	local b = param("b", f32, {4, H})
	local c, h = state("c", f32, {T, N, H}), state("h", f32, {T, N, H})
	local a = func("a", f32, {T, N, 4, H})                 -- the four gates before activation
	a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k])
	                        + sum(j, U[g][i][j] * h[t-lag][n][j])
	c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t-lag][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])
	h[t][n][i] = sigmoid(a[t][n][3][i]) * tanh(c[t][n][i])
	return h, c
end
