local T, N = dims("T", "N")
local K, H = dim("K", 5), dim("H", 3)
local t, n = time("t", T), axis("n")
local i, k = axes("i", "k")
local x = input("x", f32, {T, N})
local W = param("W", f32, {H, K})
local p, y = func("p", f32, {H}), func("y", f32, {T, N, H})
p[i] = sum(k, 1 + W[i][k])
y[t][n][i] = p[i] * x[t][n]
return model { name = "m", inputs = {x}, outputs = {y}, states = {} }
