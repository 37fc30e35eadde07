-- rows.lua · states that are read two steps back, and after the last step; for rows that are too few
local T, N = dims("T", "N")
local H = dim("H", 8)
local t = time("t", T)
local n, i, s = axes("n", "i", "s")
local x = input("x", f32, {T, N, H})
local h, e = state("h", f32, {T, N, H}), state("e", f32, {T, N, H})
local y, g, d = func("y", f32, {T, N, H}), func("g", f32, {T, N, H}), func("d", f32, {T, N, H})
local out = func("out", f32, {N, H})
y[t][n][i] = 2 * x[t][n][i]
g[t][n][i] = y[t][n][i] + h[t-2][n][i]
h[t][n][i] = tanh(g[t][n][i] + h[t-1][n][i])
d[t][n][i] = x[t][n][i] - 0.5 * e[t-1][n][i]
e[t][n][i] = d[t][n][i] + e[t-1][n][i]
out[n][i] = h[T-1][n][i] + sum(s, e[s][n][i])
return model { name = "rows", inputs = {x}, outputs = {out}, states = {h} }
