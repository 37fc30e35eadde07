-- models/lstm_zoneout.lua · a layer of LSTM with zoneout, with the rates of the paper for characters; see cells/lstm_zoneout.lua
local lstm_zoneout = require("cells.lstm_zoneout")

local T, N = dims("T", "N")
local X, H = dim("X", 64), dim("H", 64)
local t, n = time("t", T), axis("n")

local x = input("x", f32, {T, N, X})
local h, c = lstm_zoneout(t, n, x, X, H, 0.5, 0.05)

return model { name = "lstm_zoneout", inputs = {x}, outputs = {h}, states = {h, c} }
