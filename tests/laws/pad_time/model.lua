local T, N = dims("T", "N")
local H = dim("H", 3)
local t, n, i = time("t", T), axis("n"), axis("i")
local x = input("x", f32, {T, N})
local W = param("W", f32, {H})
local e, h = func("e", f32, {T, N, H}), state("h", f32, {T, N, H})
e[t][n][i] = 2 * W[i]
h[t][n][i] = tanh(e[t][n][i] + x[t][n] + h[t-1][n][i])
return model { name = "m", inputs = {x}, outputs = {h}, states = {h} }
