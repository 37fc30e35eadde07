-- cells/gru.lua · gated recurrent unit (Cho et al., 2014, arXiv 1406.1078), the reset gate before the product
--
--   r = s(W_r x + U_r h')   z = s(W_z x + U_z h')   g = tanh(W_g x + U_g (r h'))   h = z h' + (1 - z) g
--
-- gru(t, n, x, X, H): a layer of H units over x[t][n][X], gate order r z g; returns h. cells/gru_after.lua is torch's.
local T, N = dims("T", "N")

return function(t, n, x, X, H)
	local i, j, k = axes("i", "j", "k")
	local W, U, b = param("W", f32, {3, H, X}), param("U", f32, {3, H, H}), param("b", f32, {3, H})
	local r, z, g = func("r", f32, {T, N, H}), func("z", f32, {T, N, H}), func("g", f32, {T, N, H})
	local h = state("h", f32, {T, N, H})
	r[t][n][i] = sigmoid(b[0][i] + sum(k, W[0][i][k] * x[t][n][k]) + sum(j, U[0][i][j] * h[t-1][n][j]))
	z[t][n][i] = sigmoid(b[1][i] + sum(k, W[1][i][k] * x[t][n][k]) + sum(j, U[1][i][j] * h[t-1][n][j]))
	g[t][n][i] = tanh(b[2][i] + sum(k, W[2][i][k] * x[t][n][k]) + sum(j, U[2][i][j] * (r[t][n][j] * h[t-1][n][j])))
	h[t][n][i] = z[t][n][i] * h[t-1][n][i] + (1 - z[t][n][i]) * g[t][n][i]
	return h
end
