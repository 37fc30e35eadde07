-- cells/concat.lua · two vectors end to end
--
-- concat(t, n, a, A, b, B): y[t][n][A+B], first a[t][n][A], then b[t][n][B].
local T, N = dims("T", "N")

return function(t, n, a, A, b, B)
	local i = axis("i")
	local y = func("y", f32, {T, N, A + B})
	y[t][n][i] = where(lt(i, A), a:pad(0)[t][n][i], b:pad(0)[t][n][i-A])
	return y
end
