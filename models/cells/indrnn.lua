-- cells/indrnn.lua · independently recurrent network (Li, Li, Cook, Zhu, Gao, 2018, arXiv 1803.04831)
--
--   h = relu(W x + u h' + b)      where a unit sees of the step before itself alone
--
-- indrnn(t, n, x, X, H): a layer of H units over x[t][n][X]; returns h.
local T, N = dims("T", "N")

return function(t, n, x, X, H)
	local i, k = axes("i", "k")
	local W = param("W", f32, {H, X})                      -- input weights
	local u, b = param("u", f32, {H}), param("b", f32, {H})    -- recurrent weights, a number a unit
	local h = state("h", f32, {T, N, H})
	h[t][n][i] = relu(b[i] + u[i] * h[t-1][n][i] + sum(k, W[i][k] * x[t][n][k]))
	return h
end
