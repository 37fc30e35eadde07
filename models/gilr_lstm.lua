-- models/gilr_lstm.lua · a layer of GILR-LSTM (Martin & Cundy, 2018)
local layer = require("cells.gilr_lstm")

local T, N = dims("T", "N")
local X, H = dim("X", 256), dim("H", 256)
local t, n = time("t", T), axis("n")
local x = input("x", f32, {T, N, X})
local h, c, p = layer(t, n, x, X, H)

return model { name = "gilr_lstm", inputs = {x}, outputs = {h}, states = {c, p} }
