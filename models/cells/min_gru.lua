-- cells/min_gru.lua · minGRU (Feng et al., 2024, arXiv 2410.01201): neither gate nor candidate looks at h
--
--   z = sigmoid(W_z x + b_z)      q = W_h x + b_h      h = (1 - z) h' + z q      (q is the paper's h with a tilde)
--
-- min_gru(t, n, x, X, H): a layer of H units over x[t][n][X], order z h; returns h.
local T, N = dims("T", "N")

return function(t, n, x, X, H)
	local g, i, k = axes("g", "i", "k")
	local W, b = param("W", f32, {2, H, X}), param("b", f32, {2, H})
	local a = func("a", f32, {T, N, 2, H})                 -- before activation
	local z, h = func("z", f32, {T, N, H}), state("h", f32, {T, N, H})
	a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k])
	z[t][n][i] = sigmoid(a[t][n][0][i])
	h[t][n][i] = (1 - z[t][n][i]) * h[t-1][n][i] + z[t][n][i] * a[t][n][1][i]
	return h
end
