-- models/min_lstm.lua · a layer of minLSTM (Feng et al., 2024)
local layer = require("cells.min_lstm")

local T, N = dims("T", "N")
local X, H = dim("X", 256), dim("H", 256)
local t, n = time("t", T), axis("n")
local x = input("x", f32, {T, N, X})
local h = layer(t, n, x, X, H)

return model { name = "min_lstm", inputs = {x}, outputs = {h}, states = {h} }
