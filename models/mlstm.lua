-- models/mlstm.lua · a layer of mLSTM (Beck et al., 2024)
local layer = require("cells.mlstm")

local T, N = dims("T", "N")
local X, H = dim("X", 256), dim("H", 256)
local t, b = time("t", T), axis("b")
local x = input("x", f32, {T, N, X})
local h, C, n, m = layer(t, b, x, X, H)

return model { name = "mlstm", inputs = {x}, outputs = {h}, states = {C, n, m} }
