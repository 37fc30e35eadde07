-- cells/mlstm.lua · mLSTM of xLSTM (Beck et al., 2024, arXiv 2405.04517, eq. 19 to 27): a matrix as memory
--
--   C = f C' + i v k^T      n = f n' + i k      h = o (C q) / max(|n^T q|, 1)      i = exp(.)   f = sigmoid(.)
--
-- m = max(log f + m', log i) keeps exp within bounds: C and n are those of the paper times exp(-m), hence exp(-m) in
-- place of 1. One head. k is (W x + b) / sqrt(H), as in the code of its authors; the paper adds b after the division.
-- mlstm(t, b, x, X, H): H units over x[t][b][X]; returns h and the states C, n, m. Order q k v o in W, i f in w.
local T, N = dims("T", "N")
local function log_sigmoid(x) return min(x, 0) - log(1 + exp(-abs(x))) end

return function(t, b, x, X, H)
	local g, r, u, s, j = axes("g", "r", "u", "s", "j")
	local W, bias = param("W", f32, {4, H, X}), param("b", f32, {4, H})
	local w, bias_if = param("w", f32, {2, X}), param("b_if", f32, {2})
	local a, e = func("a", f32, {T, N, 4, H}), func("e", f32, {T, N, 2})
	local i, f, k = func("i", f32, {T, N}), func("f", f32, {T, N}), func("k", f32, {T, N, H})
	local C, n, m = state("C", f32, {T, N, H, H}), state("n", f32, {T, N, H}), state("m", f32, {T, N})
	local d, h = func("d", f32, {T, N}), func("h", f32, {T, N, H})
	a[t][b][g][u] = bias[g][u] + sum(j, W[g][u][j] * x[t][b][j])
	e[t][b][r] = bias_if[r] + sum(j, w[r][j] * x[t][b][j])
	m[t][b] = max(log_sigmoid(e[t][b][1]) + m[t-1][b], e[t][b][0])
	i[t][b] = exp(e[t][b][0] - m[t][b])
	f[t][b] = exp(log_sigmoid(e[t][b][1]) + m[t-1][b] - m[t][b])
	k[t][b][s] = a[t][b][1][s] / sqrt(H)
	C[t][b][u][s] = f[t][b] * C[t-1][b][u][s] + i[t][b] * a[t][b][2][u] * k[t][b][s]
	n[t][b][s] = f[t][b] * n[t-1][b][s] + i[t][b] * k[t][b][s]
	d[t][b] = sum(s, n[t][b][s] * a[t][b][0][s])
	h[t][b][u] = sigmoid(a[t][b][3][u]) * sum(s, C[t][b][u][s] * a[t][b][0][s]) / max(abs(d[t][b]), exp(-m[t][b]))
	return h, C, n, m
end
