-- models/min_gru.lua · a layer of minGRU (Feng et al., 2024)
local layer = require("cells.min_gru")

local T, N = dims("T", "N")
local X, H = dim("X", 256), dim("H", 256)
local t, n = time("t", T), axis("n")
local x = input("x", f32, {T, N, X})
local h = layer(t, n, x, X, H)

return model { name = "min_gru", inputs = {x}, outputs = {h}, states = {h} }
