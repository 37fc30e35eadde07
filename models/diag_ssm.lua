-- models/diag_ssm.lua · a diagonal state-space layer with complex states (Gu et al., 2022); see cells/diag_ssm.lua
local diag_ssm = require("cells.diag_ssm")

local T, N = dims("T", "N")
local X, H = dim("X", 64), dim("H", 32)
local t, n = time("t", T), axis("n")
local x = input("x", f32, {T, N, X})
local y, re, im = diag_ssm(t, n, x, X, H)

return model { name = "diag_ssm", inputs = {x}, outputs = {y}, states = {re, im} }
