-- cells/min_lstm.lua · minLSTM (Feng et al., 2024, arXiv 2410.01201): gates of x alone, which sum to 1
--
--   f = sigmoid(W_f x + b_f)   i = sigmoid(W_i x + b_i)   q = W_h x + b_h      (q is the paper's h with a tilde)
--   h = f / (f + i) h' + i / (f + i) q
--
-- min_lstm(t, n, x, X, H): a layer of H units over x[t][n][X], order f i h; returns h.
local T, N = dims("T", "N")

return function(t, n, x, X, H)
	local g, u, k = axes("g", "u", "k")
	local W, b = param("W", f32, {3, H, X}), param("b", f32, {3, H})
	local a = func("a", f32, {T, N, 3, H})                 -- before activation
	local f, i = func("f", f32, {T, N, H}), func("i", f32, {T, N, H})
	local h = state("h", f32, {T, N, H})
	a[t][n][g][u] = b[g][u] + sum(k, W[g][u][k] * x[t][n][k])
	f[t][n][u] = sigmoid(a[t][n][0][u])
	i[t][n][u] = sigmoid(a[t][n][1][u])
	h[t][n][u] = (f[t][n][u] * h[t-1][n][u] + i[t][n][u] * a[t][n][2][u]) / (f[t][n][u] + i[t][n][u])
	return h
end
