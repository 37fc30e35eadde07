local T, N = dims("T", "N")
local H = dim("H", 3)
local t, n, i = time("t", T), axis("n"), axis("i")
local x = input("x", f32, {T, N})
local W = param("W", f32, {H})
local y = func("y", f32, {T, N, H})
y[t][n][i] = x[t][n] * W[i]
return model { name = "m", inputs = {x}, outputs = {y}, states = {} }
