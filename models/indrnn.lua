-- models/indrnn.lua · a layer of independently recurrent units; see cells/indrnn.lua
local indrnn = require("cells.indrnn")

local T, N = dims("T", "N")
local X, H = dim("X", 64), dim("H", 64)
local t, n = time("t", T), axis("n")

local x = input("x", f32, {T, N, X})
local h = indrnn(t, n, x, X, H)

return model { name = "indrnn", inputs = {x}, outputs = {h}, states = {h} }
