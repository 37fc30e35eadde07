-- cells/lstm_zoneout.lua · LSTM with zoneout (Krueger et al., 2016, arXiv 1606.01305), the form for inference
--
-- lstm_zoneout(t, n, x, X, H, z_c, z_h): a layer of H units over x[t][n][X], gate order i f g o. In training a unit kept
-- its c with probability z_c and its h with z_h; here it keeps that part of them. Returns h and c.
local T, N = dims("T", "N")

return function(t, n, x, X, H, z_c, z_h)
	local g, i, j, k = axes("g", "i", "j", "k")
	local W, U, b = param("W", f32, {4, H, X}), param("U", f32, {4, H, H}), param("b", f32, {4, H})
	local c, h = state("c", f32, {T, N, H}), state("h", f32, {T, N, H})
	local a, new = func("a", f32, {T, N, 4, H}), func("new", f32, {T, N, H})    -- new: what c would be without zoneout
	a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t-1][n][j])
	new[t][n][i] = sigmoid(a[t][n][1][i]) * c[t-1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])
	c[t][n][i] = z_c * c[t-1][n][i] + (1 - z_c) * new[t][n][i]
	h[t][n][i] = z_h * h[t-1][n][i] + (1 - z_h) * (sigmoid(a[t][n][3][i]) * tanh(new[t][n][i]))
	return h, c
end
