local T, N = dims("T", "N")
local M, H = dim("M", 7), dim("H", 6)
local t, n = time("t", T), axis("n")
local i, k = axes("i", "k")
local x = input("x", f32, {T, N})
local W = param("W", f32, {M})
local p, y = func("p", f32, {T, N, M}), func("y", f32, {T, N, H})
p[t][n][k] = x[t][n] * W[k]
y[t][n][i] = tanh(p[t][n][i+1])
return model { name = "m", inputs = {x}, outputs = {y}, states = {} }
