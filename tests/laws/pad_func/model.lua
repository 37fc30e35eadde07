local T, N = dims("T", "N")
local H = dim("H", 3)
local t, n, i = time("t", T), axis("n"), axis("i")
local x = input("x", f32, {T, N, H})
local p, q, y = func("p", f32, {T, N, H}), func("q", f32, {T, N, H}), func("y", f32, {T, N, H})
p[t][n][i] = 2 * x[t][n][i]
q[t][n][i] = tanh(p[t][n][i])
y[t][n][i] = q[t][n][i] + x[t][n][i]
return model { name = "m", inputs = {x}, outputs = {y}, states = {} }
