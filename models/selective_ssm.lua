-- models/selective_ssm.lua · a selective state-space layer (Gu & Dao, 2023): H states a channel, steps of rank R
local selective_ssm = require("cells.selective_ssm")

local T, N = dims("T", "N")
local X, H, R = dim("X", 256), dim("H", 16), dim("R", 16)
local t, n = time("t", T), axis("n")
local x = input("x", f32, {T, N, X})
local y, h = selective_ssm(t, n, x, X, H, R)

return model { name = "selective_ssm", inputs = {x}, outputs = {y}, states = {h} }
