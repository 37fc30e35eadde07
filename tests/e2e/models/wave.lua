-- models/wave.lua · layers of different cells and widths, a projection between them that reads two steps
local gru, lstm = require("cells.gru"), require("cells.lstm")
local T, N = dims("T", "N")
local X, H, P, M = dim("X", 7), dim("H", 18), dim("P", 5), dim("M", 11)
local t, n, p, i = time("t", T), axes("n", "p", "i")

local x, V = input("x", f32, {T, N, X}), param("V", f32, {2, P, H})
local below = scope("layer1", function() return gru(t, n, x, X, H) end)
local q = func("q", f32, {T, N, P})
q[t][n][p] = sum(i, V[0][p][i] * below[t][n][i]) + sum(i, V[1][p][i] * below[t-1][n][i])
local top = scope("layer2", function() return lstm(t, n, q, P, M) end)

return model { name = "wave", inputs = {x}, outputs = {top} }
