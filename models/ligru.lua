-- models/ligru.lua · a layer of light GRU; see cells/ligru.lua
local ligru = require("cells.ligru")

local T, N = dims("T", "N")
local X, H = dim("X", 64), dim("H", 64)
local t, n = time("t", T), axis("n")

local x = input("x", f32, {T, N, X})
local h = ligru(t, n, x, X, H)

return model { name = "ligru", inputs = {x}, outputs = {h}, states = {h} }
