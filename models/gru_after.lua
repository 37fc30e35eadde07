-- models/gru_after.lua · a layer of GRU as torch has it, the reset gate after the product; see cells/gru_after.lua
local gru_after = require("cells.gru_after")

local T, N = dims("T", "N")
local X, H = dim("X", 64), dim("H", 64)
local t, n = time("t", T), axis("n")

local x = input("x", f32, {T, N, X})
local h = gru_after(t, n, x, X, H)

return model { name = "gru_after", inputs = {x}, outputs = {h}, states = {h} }
