-- models/lstm_projected.lua · a layer of LSTM with a recurrent projection; see cells/lstm_projected.lua
local lstm_projected = require("cells.lstm_projected")

local T, N = dims("T", "N")
local X, H, P = dim("X", 64), dim("H", 64), dim("P", 32)
local t, n = time("t", T), axis("n")

local x = input("x", f32, {T, N, X})
local r, c = lstm_projected(t, n, x, X, H, P)

return model { name = "lstm_projected", inputs = {x}, outputs = {r}, states = {r, c} }
