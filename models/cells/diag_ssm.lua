-- cells/diag_ssm.lua · a diagonal state-space layer with complex states (S4D: Gu, Gupta, Goel, Re, 2022, arXiv 2206.11893)
--
--   h[d][s] = A[d][s] h'[d][s] + x[d]      y[d] = D[d] x[d] + sum_s Re(C[d][s] h[d][s])
--
-- Complex numbers are pairs of reals, re and im. diag_ssm(t, n, x, X, H): H states for each of the X channels of x[t][n][X];
-- returns y, re and im. Weights are those of steps of one length: of a, delta, c and B = 1 as the paper trains them, by
-- zero-order hold, A = exp(delta a) and C = 2 c (A - 1) / a; 2, as each state stands for a conjugate pair.
local T, N = dims("T", "N")

return function(t, n, x, X, H)
	local d, s = axes("d", "s")
	local A_re, A_im = param("A_re", f32, {X, H}), param("A_im", f32, {X, H})
	local C_re, C_im, D = param("C_re", f32, {X, H}), param("C_im", f32, {X, H}), param("D", f32, {X})
	local re, im = state("re", f32, {T, N, X, H}), state("im", f32, {T, N, X, H})
	local y = func("y", f32, {T, N, X})
	re[t][n][d][s] = A_re[d][s] * re[t-1][n][d][s] - A_im[d][s] * im[t-1][n][d][s] + x[t][n][d]
	im[t][n][d][s] = A_re[d][s] * im[t-1][n][d][s] + A_im[d][s] * re[t-1][n][d][s]
	y[t][n][d] = D[d] * x[t][n][d] + sum(s, C_re[d][s] * re[t][n][d][s] - C_im[d][s] * im[t][n][d][s])
	return y, re, im
end
