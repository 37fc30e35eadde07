-- cells/gru_after.lua · gated recurrent unit, the reset gate after the product, as in cuDNN and torch.nn.GRU (Cho et al.,
-- 2014, arXiv 1406.1078, version 1)
--
--   r = s(W_r x + U_r h')   z = s(W_z x + U_z h')   g = tanh(W_g x + r (U_g h'))   h = z h' + (1 - z) g
--
-- gru_after(t, n, x, X, H): a layer of H units over x[t][n][X], gate order r z g (torch: r z n) and two biases: b of W x,
-- d of U h'. Returns h.
local T, N = dims("T", "N")

return function(t, n, x, X, H)
	local e, i, j, k = axes("e", "i", "j", "k")
	local W, U = param("W", f32, {3, H, X}), param("U", f32, {3, H, H})
	local b, d = param("b", f32, {3, H}), param("d", f32, {3, H})
	local v, u = func("v", f32, {T, N, 3, H}), func("u", f32, {T, N, 3, H})
	local r, z, g = func("r", f32, {T, N, H}), func("z", f32, {T, N, H}), func("g", f32, {T, N, H})
	local h = state("h", f32, {T, N, H})
	v[t][n][e][i] = b[e][i] + sum(k, W[e][i][k] * x[t][n][k])
	u[t][n][e][i] = d[e][i] + sum(j, U[e][i][j] * h[t-1][n][j])
	r[t][n][i] = sigmoid(v[t][n][0][i] + u[t][n][0][i])
	z[t][n][i] = sigmoid(v[t][n][1][i] + u[t][n][1][i])
	g[t][n][i] = tanh(v[t][n][2][i] + r[t][n][i] * u[t][n][2][i])
	h[t][n][i] = z[t][n][i] * h[t-1][n][i] + (1 - z[t][n][i]) * g[t][n][i]
	return h
end
