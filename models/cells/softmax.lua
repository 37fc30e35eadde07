-- cells/softmax.lua · y = softmax(o) over the last dim (Bridle, 1990), shifted by the largest o against overflow
--
-- softmax(t, n, o, V): probabilities y[t][n][V] of the scores o[t][n][V]; returns y.
local T, N = dims("T", "N")

return function(t, n, o, V)
	local v = axis("v")
	local m = func("m", f32, {T, N})                       -- the largest score
	local e = func("e", f32, {T, N, V})
	local s = func("s", f32, {T, N})
	local y = func("y", f32, {T, N, V})
	m[t][n] = amax(v, o[t][n][v])
	e[t][n][v] = exp(o[t][n][v] - m[t][n])
	s[t][n] = sum(v, e[t][n][v])
	y[t][n][v] = e[t][n][v] / s[t][n]
	return y
end
