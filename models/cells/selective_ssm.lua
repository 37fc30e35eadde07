-- cells/selective_ssm.lua · a diagonal state-space layer whose step, B and C depend on x (S6 of Mamba: Gu & Dao, 2023,
-- arXiv 2312.00752, alg. 2; without selection: S4D, Gu, Gupta, Goel, Re, 2022, arXiv 2206.11893, with a real A)
--
--   delta = softplus(W_up (W_down x) + b)      B = W_B x      C = W_C x
--   h[d][s] = exp(delta[d] A[d][s]) h'[d][s] + delta[d] B[s] x[d]      y[d] = sum_s C[s] h[d][s] + D[d] x[d]
--
-- selective_ssm(t, n, x, X, H, R): H states for each of the X channels of x[t][n][X], delta of rank R; returns y and
-- h. A = -exp(A_log), as its authors' weights hold it.
local T, N = dims("T", "N")
local function softplus(x) return relu(x) + log(1 + exp(-abs(x))) end

return function(t, n, x, X, H, R)
	local d, s, r, k = axes("d", "s", "r", "k")
	local W_down, W_up, b = param("W_down", f32, {R, X}), param("W_up", f32, {X, R}), param("b", f32, {X})
	local W_B, W_C = param("W_B", f32, {H, X}), param("W_C", f32, {H, X})
	local A_log, D = param("A_log", f32, {X, H}), param("D", f32, {X})
	local A = func("A", f32, {X, H})                       -- once a call, not in each step
	local low, e, delta = func("low", f32, {T, N, R}), func("e", f32, {T, N, X}), func("delta", f32, {T, N, X})
	local B, C = func("B", f32, {T, N, H}), func("C", f32, {T, N, H})
	local h, y = state("h", f32, {T, N, X, H}), func("y", f32, {T, N, X})
	low[t][n][r] = sum(k, W_down[r][k] * x[t][n][k])
	e[t][n][d] = b[d] + sum(r, W_up[d][r] * low[t][n][r])
	delta[t][n][d] = softplus(e[t][n][d])
	B[t][n][s] = sum(k, W_B[s][k] * x[t][n][k])
	C[t][n][s] = sum(k, W_C[s][k] * x[t][n][k])
	A[d][s] = -exp(A_log[d][s])
	h[t][n][d][s] = exp(delta[t][n][d] * A[d][s]) * h[t-1][n][d][s] + delta[t][n][d] * B[t][n][s] * x[t][n][d]
	y[t][n][d] = D[d] * x[t][n][d] + sum(s, C[t][n][s] * h[t][n][d][s])
	return y, h
end
