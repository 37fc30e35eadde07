-- models/lstm_peephole.lua · a layer of LSTM with peepholes; see cells/lstm_peephole.lua
local lstm_peephole = require("cells.lstm_peephole")

local T, N = dims("T", "N")
local X, H = dim("X", 64), dim("H", 64)
local t, n = time("t", T), axis("n")

local x = input("x", f32, {T, N, X})
local h, c = lstm_peephole(t, n, x, X, H)

return model { name = "lstm_peephole", inputs = {x}, outputs = {h}, states = {h, c} }
