-- two loops of equal extent, handed out in different parts: the slices of a thread differ
local T, N = dims("T", "N")
local H = dim("H", 8)
local t, n, i = time("t", T), axis("n"), axis("i")
local x = input("x", f32, {T, N, H})
local a = func("a", f32, {T, N, H})
local h = state("h", f32, {T, N, H})
a[t][n][i] = x[t][n][i] + h[t-1][n][i]
h[t][n][i] = 0.5 * a[t][n][i]
return model { name = "parts_differ", inputs = {x}, outputs = {h}, states = {h} }
