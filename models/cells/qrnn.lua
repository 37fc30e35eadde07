-- cells/qrnn.lua · quasi-recurrent network (Bradbury, Merity, Xiong, Socher, 2017, arXiv 1611.01576)
--
--   z = tanh(W_z * x)   f = s(W_f * x)   o = s(W_o * x)   i = s(W_i * x)      * over `window` steps up to this one
--   "f": h = f h' + (1 - f) z   "fo": c = f c' + (1 - f) z, h = o c   "ifo": c = f c' + i z, h = o c
--
-- qrnn(t, n, x, X, H, window, pool): a layer of H units over x[t][n][X], gate order z f o i as far as `pool` has them;
-- W[.][w] meets x[t-w]; b, which the paper leaves out, is as in its authors' code, whose f, however, is 1 - f here: for
-- its weights change the sign of W and b of f. Returns h and c (for "f": h, h).
local T, N = dims("T", "N")

return function(t, n, x, X, H, window, pool)
	local g, i, k = axes("g", "i", "k")
	local G = 1 + #pool
	local W, b = param("W", f32, {G, window, H, X}), param("b", f32, {G, H})
	local a, c = func("a", f32, {T, N, G, H}), state("c", f32, {T, N, H})
	local conv = b[g][i]
	for w = 0, window - 1 do conv = conv + sum(k, W[g][w][i][k] * x[t-w][n][k]) end
	a[t][n][g][i] = conv
	local z, f = tanh(a[t][n][0][i]), sigmoid(a[t][n][1][i])
	local into = pool == "ifo" and sigmoid(a[t][n][3][i]) or 1 - f
	c[t][n][i] = f * c[t-1][n][i] + into * z
	if pool == "f" then return c, c end
	local h = func("h", f32, {T, N, H})
	h[t][n][i] = sigmoid(a[t][n][2][i]) * c[t][n][i]
	return h, c
end
