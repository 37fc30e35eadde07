-- models/lstm_noaf.lua · a layer of LSTM with h = o c; see cells/lstm_noaf.lua
local lstm_noaf = require("cells.lstm_noaf")

local T, N = dims("T", "N")
local X, H = dim("X", 64), dim("H", 64)
local t, n = time("t", T), axis("n")

local x = input("x", f32, {T, N, X})
local h, c = lstm_noaf(t, n, x, X, H)

return model { name = "lstm_noaf", inputs = {x}, outputs = {h}, states = {h, c} }
