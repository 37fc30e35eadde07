-- cells/rnn.lua · the simple recurrent layer (Elman, 1990)
--
--   a = b + W h + U x      h = tanh a
--
-- rnn(t, n, x, X, H): a layer of H units over x[t][n][X]; returns h. Its tensors carry the names of the paper, so
-- call it inside scope("layer1", function() ... end) where there are several.
local T, N = dims("T", "N")

return function(t, n, x, X, H)
	local i, j, k = axes("i", "j", "k")
	local W = param("W", f32, {H, H})                      -- recurrent weights
	local U = param("U", f32, {H, X})                      -- input weights
	local b = param("b", f32, {H})
	local a = func("a", f32, {T, N, H})                    -- before activation
	local h = state("h", f32, {T, N, H})
	a[t][n][i] = b[i] + sum(k, U[i][k] * x[t][n][k])       -- first, so that it can be extracted bit for bit
	                  + sum(j, W[i][j] * h[t-1][n][j])
	h[t][n][i] = tanh(a[t][n][i])
	return h
end
