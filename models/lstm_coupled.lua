-- models/lstm_coupled.lua · a layer of LSTM with coupled input and forget gates; see cells/lstm_coupled.lua
local lstm_coupled = require("cells.lstm_coupled")

local T, N = dims("T", "N")
local X, H = dim("X", 64), dim("H", 64)
local t, n = time("t", T), axis("n")

local x = input("x", f32, {T, N, X})
local h, c = lstm_coupled(t, n, x, X, H)

return model { name = "lstm_coupled", inputs = {x}, outputs = {h}, states = {h, c} }
