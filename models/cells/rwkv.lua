-- cells/rwkv.lua · time mixing of RWKV-4 (Peng et al., 2023, arXiv 2305.13048), in its stable form
--
--   r = W_r (mu_r x + (1 - mu_r) x')      k and v likewise      o = W_o (sigmoid(r) wkv)
--   wkv = (sum_{i<t} exp(k_i - (t-1-i) w) v_i + exp(u + k) v) / (the same sums without v)
--
-- a and b are the sums of the earlier steps times exp(-p), p their largest exponent so far. rwkv(t, n, x, X, H): H
-- channels over x[t][n][X]; returns o[t][n][X] and the states a, b, p. Order r k v in W and mu; w >= 0 is the decay.
local T, N = dims("T", "N")

return function(t, n, x, X, H)
	local g, i, j, m = axes("g", "i", "j", "m")
	local mu, W, W_o = param("mu", f32, {3, X}), param("W", f32, {3, H, X}), param("W_o", f32, {X, H})
	local w, u = param("w", f32, {H}), param("u", f32, {H})
	local s, e, y = func("s", f32, {T, N, 3, X}), func("e", f32, {T, N, 3, H}), func("y", f32, {T, N, H})
	local a, b, p = state("a", f32, {T, N, H}), state("b", f32, {T, N, H}), state("p", f32, {T, N, H})
	local o = func("o", f32, {T, N, X})
	s[t][n][g][j] = mu[g][j] * x[t][n][j] + (1 - mu[g][j]) * x[t-1][n][j]    -- token shift
	e[t][n][g][i] = sum(j, W[g][i][j] * s[t][n][g][j])
	local r, k, v = e[t][n][0][i], e[t][n][1][i], e[t][n][2][i]
	local a1, b1, p1 = a[t-1][n][i], b[t-1][n][i], p[t-1][n][i]

	local q = max(p1, u[i] + k)
	y[t][n][i] = sigmoid(r) * (exp(p1 - q) * a1 + exp(u[i] + k - q) * v) / (exp(p1 - q) * b1 + exp(u[i] + k - q))
	p[-1][n][i] = -1e30
	p[t][n][i] = max(p1 - w[i], k)
	a[t][n][i] = exp(p1 - w[i] - p[t][n][i]) * a1 + exp(k - p[t][n][i]) * v
	b[t][n][i] = exp(p1 - w[i] - p[t][n][i]) * b1 + exp(k - p[t][n][i])
	o[t][n][m] = sum(i, W_o[m][i] * y[t][n][i])
	return o, a, b, p
end
