-- models/gru.lua · a layer of GRU, the reset gate before the product; see cells/gru.lua
local gru = require("cells.gru")

local T, N = dims("T", "N")
local X, H = dim("X", 64), dim("H", 64)
local t, n = time("t", T), axis("n")

local x = input("x", f32, {T, N, X})
local h = gru(t, n, x, X, H)

return model { name = "gru", inputs = {x}, outputs = {h}, states = {h} }
