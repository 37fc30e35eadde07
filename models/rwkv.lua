-- models/rwkv.lua · time mixing of RWKV-4 (Peng et al., 2023)
local rwkv = require("cells.rwkv")

local T, N = dims("T", "N")
local X, H = dim("X", 256), dim("H", 256)
local t, n = time("t", T), axis("n")
local x = input("x", f32, {T, N, X})
local o, a, b, p = rwkv(t, n, x, X, H)

return model { name = "rwkv", inputs = {x}, outputs = {o}, states = {a, b, p} }
