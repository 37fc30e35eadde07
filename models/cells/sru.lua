-- cells/sru.lua · simple recurrent unit (Lei, Zhang, Wang, Dai, Artzi, 2018, arXiv 1709.02755)
--
--   f = s(W_f x + v_f c' + b_f)   c = f c' + (1 - f) W x   r = s(W_r x + v_r c' + b_r)   h = r c + (1 - r) alpha x
--
-- sru(t, n, x, H, alpha): a layer of H units over x[t][n][H], order of W: c f r, of v and b: f r; alpha scales the highway
-- (1 where none is given; the paper takes sqrt(1 + 2 exp(b_r)) of the bias at the start). Returns h and c.
local T, N = dims("T", "N")

return function(t, n, x, H, alpha)
	local e, i, k = axes("e", "i", "k")
	local W, v, b = param("W", f32, {3, H, H}), param("v", f32, {2, H}), param("b", f32, {2, H})
	local u = func("u", f32, {T, N, 3, H})                 -- W x: all products are outside of time
	local f, r = func("f", f32, {T, N, H}), func("r", f32, {T, N, H})
	local c, h = state("c", f32, {T, N, H}), func("h", f32, {T, N, H})
	u[t][n][e][i] = sum(k, W[e][i][k] * x[t][n][k])
	f[t][n][i] = sigmoid(u[t][n][1][i] + v[0][i] * c[t-1][n][i] + b[0][i])
	c[t][n][i] = f[t][n][i] * c[t-1][n][i] + (1 - f[t][n][i]) * u[t][n][0][i]
	r[t][n][i] = sigmoid(u[t][n][2][i] + v[1][i] * c[t-1][n][i] + b[1][i])
	h[t][n][i] = r[t][n][i] * c[t][n][i] + (1 - r[t][n][i]) * (alpha or 1) * x[t][n][i]
	return h, c
end
