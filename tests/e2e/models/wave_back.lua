-- models/wave_back.lua · three layers, all from the last step to the first
local lstm = require("cells.lstm")
local T, N = dims("T", "N")
local X, H, M = dim("X", 7), dim("H", 18), dim("M", 11)
local t, n = time("t", T), axis("n")

local x = input("x", f32, {T, N, X})
local one = scope("layer1", function() return lstm(t, n, x, X, H, -1) end)
local two = scope("layer2", function() return lstm(t, n, one, H, M, -1) end)
local three = scope("layer3", function() return lstm(t, n, two, M, H, -1) end)

return model { name = "wave_back", inputs = {x}, outputs = {three} }
