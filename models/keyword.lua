-- models/keyword.lua · keyword spotting on microcontrollers: LSTM with peepholes and projection over 10 MFCC, 144 units,
-- 98 projected numbers, and scores of Y words at the end ("LSTM S" of Zhang, Suda, Lai, Chandra: Hello Edge, 2017,
-- arXiv 1711.07128)
local lstm_peephole_projected = require("cells.lstm_peephole_projected")

local T, N = dims("T", "N")                            -- T = 25 frames, one each 40 ms, make a second
local X, H, P, Y = dim("X", 10), dim("H", 144), dim("P", 98), dim("Y", 12)
local t = time("t", T)
local n, v, q = axes("n", "v", "q")

local x = input("x", f32, {T, N, X})
local r, c = lstm_peephole_projected(t, n, x, X, H, P)

local V, d = param("V", f32, {Y, P}), param("d", f32, {Y})
local y = func("y", f32, {N, Y})
y[n][v] = d[v] + sum(q, V[v][q] * r[T-1][n][q])

return model { name = "keyword", inputs = {x}, outputs = {y}, states = {r, c} }
