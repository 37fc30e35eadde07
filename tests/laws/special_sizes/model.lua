local T, N = dims("T", "N")
local K, H = dim("K", 5), dim("H", 3)
local t, n = time("t", T), axis("n")
local i, k = axes("i", "k")
local x = input("x", f32, {T, N, K})
local W = param("W", f32, {H, K})
local y = func("y", f32, {T, N, H})
y[t][n][i] = sum(k, W[i][k] * x[t][n][k])
return model { name = "m", inputs = {x}, outputs = {y}, states = {} }
