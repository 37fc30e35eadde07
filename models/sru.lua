-- models/sru.lua · L layers of simple recurrent units over a first product that makes H of X; see cells/sru.lua
local sru = require("cells.sru")

local L = setting("L", 2)
local T, N = dims("T", "N")
local X, H = dim("X", 64), dim("H", 64)
local t = time("t", T)
local n, i, k = axes("n", "i", "k")

local x = input("x", f32, {T, N, X})
local W = param("W", f32, {H, X})
local below, states = func("p", f32, {T, N, H}), {}
below[t][n][i] = sum(k, W[i][k] * x[t][n][k])
for l = 1, L do
	below, states[l] = scope("layer" .. l, function() return sru(t, n, below, H) end)
end

return model { name = "sru", inputs = {x}, outputs = {below}, states = states }
