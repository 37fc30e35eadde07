local T, N = dims("T", "N")
local H = dim("H", 5)
local t, n, i = time("t", T), axis("n"), axis("i")
local x = input("x", f32, {T, N, H})
local c, h = state("c", f32, {T, N, H}), state("h", f32, {T, N, H})
c[t][n][i] = 2 * c[t-1][n][i] + h[t-1][n][i] + x[t][n][i]
h[t][n][i] = tanh(c[t][n][i])
return model { name = "m", inputs = {x}, outputs = {h}, states = {h, c} }
