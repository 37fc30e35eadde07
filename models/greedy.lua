-- models/greedy.lua · a decoder that reads what it wrote: each step takes the likeliest symbol (Sutskever et al., 2014)
--
-- first[n] is the symbol to begin with; where h and c start is the encoder's to say. y are the V symbols' ids.
local lstm, softmax = require("cells.lstm"), require("cells.softmax")

local T, N = dims("T", "N")
local V, D, H = dim("V", 76), dim("D", 64), dim("H", 128)
local t = time("t", T)
local n, d, i, v = axes("n", "d", "i", "v")

local first = input("first", i32, {N})
local E = param("E", f32, {V, D})
local W, b = param("W", f32, {V, H}), param("b", f32, {V})
local x, o, y = func("x", f32, {T, N, D}), func("o", f32, {T, N, V}), state("y", i32, {T, N})

y[-1][n] = first[n]
x[t][n][d] = E[y[t-1][n]][d]
local h, c = scope("decoder", function() return lstm(t, n, x, D, H) end)
o[t][n][v] = b[v] + sum(i, W[v][i] * h[t][n][i])
local p = scope("softmax", function() return softmax(t, n, o, V) end)
y[t][n] = argmax(v, p[t][n][v])

return model { name = "greedy", inputs = {first}, outputs = {y, p}, states = {h, c, y} }
