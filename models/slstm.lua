-- models/slstm.lua · a layer of sLSTM (Beck et al., 2024)
local layer = require("cells.slstm")

local T, N = dims("T", "N")
local X, H = dim("X", 256), dim("H", 256)
local t, b = time("t", T), axis("b")
local x = input("x", f32, {T, N, X})
local h, c, n, m = layer(t, b, x, X, H)

return model { name = "slstm", inputs = {x}, outputs = {h}, states = {h, c, n, m} }
