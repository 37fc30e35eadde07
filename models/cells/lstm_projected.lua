-- cells/lstm_projected.lua · LSTM with a recurrent projection (Sak, Senior, Beaufays, 2014, arXiv 1402.1128)
--
-- lstm_projected(t, n, x, X, H, P): H units over x[t][n][X], of which P projected numbers r leave the layer and
-- return to it; gate order i f g o, as in torch.nn.LSTM with proj_size = P. Returns r and c.
local T, N = dims("T", "N")

return function(t, n, x, X, H, P)
	local g, i, j, k, q = axes("g", "i", "j", "k", "q")
	local W, U, b = param("W", f32, {4, H, X}), param("U", f32, {4, H, P}), param("b", f32, {4, H})
	local W_r = param("W_r", f32, {P, H})                  -- the projection
	local c, r = state("c", f32, {T, N, H}), state("r", f32, {T, N, P})
	local a, m = func("a", f32, {T, N, 4, H}), func("m", f32, {T, N, H})
	a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(q, U[g][i][q] * r[t-1][n][q])
	c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t-1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])
	m[t][n][i] = sigmoid(a[t][n][3][i]) * tanh(c[t][n][i])
	r[t][n][q] = sum(j, W_r[q][j] * m[t][n][j])
	return r, c
end
