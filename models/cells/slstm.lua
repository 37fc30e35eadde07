-- cells/slstm.lua · sLSTM of xLSTM (Beck et al., 2024, arXiv 2405.04517, eq. 8 to 17): exponential gates
--
--   c = f c' + i z      n = f n' + i      h = o c / n      z = tanh(.)   i = exp(.)   f = sigmoid(.)   o = sigmoid(.)
--
-- m = max(log f + m', log i) keeps exp within bounds: c and n are those of the paper times exp(-m), which h does not
-- see. slstm(t, b, x, X, H): H units over x[t][b][X], order z i f o; returns h and the states c, n, m. One head: R is
-- not cut into blocks.
local T, N = dims("T", "N")
local function log_sigmoid(x) return min(x, 0) - log(1 + exp(-abs(x))) end

return function(t, b, x, X, H)
	local g, u, j, k = axes("g", "u", "j", "k")
	local W, R, bias = param("W", f32, {4, H, X}), param("R", f32, {4, H, H}), param("b", f32, {4, H})
	local a = func("a", f32, {T, N, 4, H})                 -- before activation
	local i, f = func("i", f32, {T, N, H}), func("f", f32, {T, N, H})    -- both with m taken off
	local c, n, m = state("c", f32, {T, N, H}), state("n", f32, {T, N, H}), state("m", f32, {T, N, H})
	local h = state("h", f32, {T, N, H})
	m[-1][b][u] = -1e30                                    -- so that the first m is log i
	a[t][b][g][u] = bias[g][u] + sum(k, W[g][u][k] * x[t][b][k]) + sum(j, R[g][u][j] * h[t-1][b][j])
	m[t][b][u] = max(log_sigmoid(a[t][b][2][u]) + m[t-1][b][u], a[t][b][1][u])
	i[t][b][u] = exp(a[t][b][1][u] - m[t][b][u])
	f[t][b][u] = exp(log_sigmoid(a[t][b][2][u]) + m[t-1][b][u] - m[t][b][u])
	c[t][b][u] = f[t][b][u] * c[t-1][b][u] + i[t][b][u] * tanh(a[t][b][0][u])
	n[t][b][u] = f[t][b][u] * n[t-1][b][u] + i[t][b][u]
	h[t][b][u] = sigmoid(a[t][b][3][u]) * c[t][b][u] / n[t][b][u]
	return h, c, n, m
end
