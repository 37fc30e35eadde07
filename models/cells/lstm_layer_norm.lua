-- cells/lstm_layer_norm.lua · LSTM with layer normalisation (Ba, Kiros, Hinton, 2016, arXiv 1607.06450)
--
-- lstm_layer_norm(t, n, x, X, H): a layer of H units over x[t][n][X], gate order f i o g as in the paper. W x and U h'
-- are normalised each over all four gates, c over its units. Returns h and c. eps is that of its authors' code.
local T, N = dims("T", "N")
local eps = 1e-5

return function(t, n, x, X, H)
	local g, i, j, k, e, l = axes("g", "i", "j", "k", "e", "l")
	local W, U, b = param("W", f32, {4, H, X}), param("U", f32, {4, H, H}), param("b", f32, {4, H})
	local alpha, beta = param("alpha", f32, {2, 4, H}), param("beta", f32, {2, 4, H})    -- gains and shifts of U h', W x
	local alpha_c, beta_c = param("alpha_c", f32, {H}), param("beta_c", f32, {H})
	local c, h = state("c", f32, {T, N, H}), state("h", f32, {T, N, H})
	local v, mu, var = func("v", f32, {T, N, 2, 4, H}), func("mu", f32, {T, N, 2}), func("var", f32, {T, N, 2})
	v[t][n][0][g][i] = sum(j, U[g][i][j] * h[t-1][n][j])
	v[t][n][1][g][i] = sum(k, W[g][i][k] * x[t][n][k])
	mu[t][n][e] = sum({g, i}, v[t][n][e][g][i]) / (4 * H)
	var[t][n][e] = sum({g, i}, (v[t][n][e][g][i] - mu[t][n][e]) * (v[t][n][e][g][i] - mu[t][n][e])) / (4 * H)
	local a = func("a", f32, {T, N, 4, H})
	local function LN(s) return (v[t][n][s][g][i] - mu[t][n][s]) / sqrt(var[t][n][s] + eps) * alpha[s][g][i] + beta[s][g][i] end
	a[t][n][g][i] = LN(0) + LN(1) + b[g][i]
	c[t][n][i] = sigmoid(a[t][n][0][i]) * c[t-1][n][i] + sigmoid(a[t][n][1][i]) * tanh(a[t][n][3][i])
	local m, s = func("m", f32, {T, N}), func("s", f32, {T, N})                          -- mean and variance of c
	m[t][n] = sum(l, c[t][n][l]) / H
	s[t][n] = sum(l, (c[t][n][l] - m[t][n]) * (c[t][n][l] - m[t][n])) / H
	h[t][n][i] = sigmoid(a[t][n][2][i]) * tanh((c[t][n][i] - m[t][n]) / sqrt(s[t][n] + eps) * alpha_c[i] + beta_c[i])
	return h, c
end
