-- cells/ligru.lua · light gated recurrent unit (Ravanelli, Brakel, Omologo, Bengio, 2018, arXiv 1803.10225)
--
--   z = s(BN(W_z x) + U_z h')   g = relu(BN(W_h x) + U_h h')   h = z h' + (1 - z) g
--
-- ligru(t, n, x, X, H): a layer of H units over x[t][n][X], gate order z g; returns h. BN is batch normalisation with the mean
-- mu and variance var of training, gain gamma and shift beta.
local T, N = dims("T", "N")
local eps = 1e-5

return function(t, n, x, X, H)
	local e, i, j, k = axes("e", "i", "j", "k")
	local W, U = param("W", f32, {2, H, X}), param("U", f32, {2, H, H})
	local mu, var = param("mu", f32, {2, H}), param("var", f32, {2, H})
	local gamma, beta = param("gamma", f32, {2, H}), param("beta", f32, {2, H})
	local w, BN, a = func("w", f32, {T, N, 2, H}), func("BN", f32, {T, N, 2, H}), func("a", f32, {T, N, 2, H})
	local z, h = func("z", f32, {T, N, H}), state("h", f32, {T, N, H})
	w[t][n][e][i] = sum(k, W[e][i][k] * x[t][n][k])
	BN[t][n][e][i] = (w[t][n][e][i] - mu[e][i]) / sqrt(max(var[e][i], 0) + eps) * gamma[e][i] + beta[e][i]
	a[t][n][e][i] = BN[t][n][e][i] + sum(j, U[e][i][j] * h[t-1][n][j])
	z[t][n][i] = sigmoid(a[t][n][0][i])
	h[t][n][i] = z[t][n][i] * h[t-1][n][i] + (1 - z[t][n][i]) * relu(a[t][n][1][i])
	return h
end
