-- cells/gilr_lstm.lua · GILR-LSTM (Martin & Cundy, 2018, arXiv 1709.04057): gates look at a linear recurrence p
--
--   g = sigmoid(V_g x + b_g)   q = tanh(V_j x + b_j)   p = g p' + (1 - g) q       (p is the paper's h with a tilde)
--   c = f c' + i z             h = o c                 f i o z from U p' + V x + b
--
-- Gates look at p', as in the paper; in the code of its authors at p. gilr_lstm(t, n, x, X, H): a layer of H units over
-- x[t][n][X]; returns h, c and p. Order g j in V_p, f i o z in V.
local T, N = dims("T", "N")

return function(t, n, x, X, H)
	local r, g, i, j, k = axes("r", "g", "i", "j", "k")
	local V_p, b_p = param("V_p", f32, {2, H, X}), param("b_p", f32, {2, H})
	local U, V, b = param("U", f32, {4, H, H}), param("V", f32, {4, H, X}), param("b", f32, {4, H})
	local e, a = func("e", f32, {T, N, 2, H}), func("a", f32, {T, N, 4, H})
	local p, c = state("p", f32, {T, N, H}), state("c", f32, {T, N, H})
	local h = func("h", f32, {T, N, H})
	e[t][n][r][i] = b_p[r][i] + sum(k, V_p[r][i][k] * x[t][n][k])
	p[t][n][i] = sigmoid(e[t][n][0][i]) * p[t-1][n][i] + (1 - sigmoid(e[t][n][0][i])) * tanh(e[t][n][1][i])
	a[t][n][g][i] = b[g][i] + sum(k, V[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * p[t-1][n][j])
	c[t][n][i] = sigmoid(a[t][n][0][i]) * c[t-1][n][i] + sigmoid(a[t][n][1][i]) * tanh(a[t][n][3][i])
	h[t][n][i] = sigmoid(a[t][n][2][i]) * c[t][n][i]
	return h, c, p
end
