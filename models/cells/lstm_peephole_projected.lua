-- cells/lstm_peephole_projected.lua · LSTMP: peepholes and a recurrent projection (Sak, Senior, Beaufays, 2014,
-- arXiv 1402.1128), without the second projection, which does not return
--
-- lstm_peephole_projected(t, n, x, X, H, P): H units over x[t][n][X], of which P projected numbers r leave the layer
-- and return to it; gate order i f g o, peepholes p in the order i f o. Returns r and c.
local T, N = dims("T", "N")

return function(t, n, x, X, H, P)
	local g, i, j, k, q = axes("g", "i", "j", "k", "q")
	local W, U, b = param("W", f32, {4, H, X}), param("U", f32, {4, H, P}), param("b", f32, {4, H})
	local p, W_r = param("p", f32, {3, H}), param("W_r", f32, {P, H})
	local c, r = state("c", f32, {T, N, H}), state("r", f32, {T, N, P})
	local a, m = func("a", f32, {T, N, 4, H}), func("m", f32, {T, N, H})
	a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(q, U[g][i][q] * r[t-1][n][q])
	c[t][n][i] = sigmoid(a[t][n][1][i] + p[1][i] * c[t-1][n][i]) * c[t-1][n][i]
	           + sigmoid(a[t][n][0][i] + p[0][i] * c[t-1][n][i]) * tanh(a[t][n][2][i])
	m[t][n][i] = sigmoid(a[t][n][3][i] + p[2][i] * c[t][n][i]) * tanh(c[t][n][i])
	r[t][n][q] = sum(j, W_r[q][j] * m[t][n][j])
	return r, c
end
