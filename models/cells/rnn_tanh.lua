-- cells/rnn_tanh.lua · the simple recurrent network (Elman, 1990) without biases and with tanh at the output, too
--
--   h = tanh(U x + W h')      y = tanh(V h)
--
-- rnn_tanh(t, n, x, X, H, Y): H units over x[t][n][X] and Y outputs; returns y and h.
local T, N = dims("T", "N")

return function(t, n, x, X, H, Y)
	local i, j, k, p = axes("i", "j", "k", "p")
	local U = param("U", f32, {H, X})                      -- input to hidden
	local W = param("W", f32, {H, H})                      -- hidden to hidden
	local V = param("V", f32, {Y, H})                      -- hidden to output
	local h, y = state("h", f32, {T, N, H}), func("y", f32, {T, N, Y})
	h[t][n][i] = tanh(sum(k, U[i][k] * x[t][n][k]) + sum(j, W[i][j] * h[t-1][n][j]))
	y[t][n][p] = tanh(sum(j, V[p][j] * h[t][n][j]))
	return y, h
end
