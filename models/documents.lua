-- models/documents.lua · L layers of RWKV-4's time mixing over documents that lie end to end in one sequence
--
-- Where new[t][n] is not 0 a document begins: all that a layer remembers, the step before of its input too, reads as at
-- the start. Layers add to what they read.
local rwkv = require("cells.rwkv")

local T, N = dims("T", "N")
local X, H = dim("X", 256), dim("H", 256)
local L = setting("L", 2)
local new = input("new", i32, {T, N})
local t = time("t", T, { reset = new })
local n, i = axes("n", "i")

local x = input("x", f32, {T, N, X})
local below = x
for l = 1, L do
	scope("layer" .. l, function()
		local o = rwkv(t, n, below, X, H)
		local s = func("sum", f32, {T, N, X})
		s[t][n][i] = below[t][n][i] + o[t][n][i]
		below = s
	end)
end

return model { name = "documents", inputs = {x, new}, outputs = {below} }
