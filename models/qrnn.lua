-- models/qrnn.lua · a layer of QRNN; see cells/qrnn.lua
--
-- --set WINDOW=2 steps of x meet the weights; --set POOL=1: f, 2: fo, 3: ifo.
local qrnn = require("cells.qrnn")

local window, pool = setting("WINDOW", 2), ({ "f", "fo", "ifo" })[setting("POOL", 2)]
local T, N = dims("T", "N")
local X, H = dim("X", 64), dim("H", 64)
local t, n = time("t", T), axis("n")

local x = input("x", f32, {T, N, X})
local h, c = qrnn(t, n, x, X, H, window, pool)

return model { name = "qrnn", inputs = {x}, outputs = {h}, states = {c} }
