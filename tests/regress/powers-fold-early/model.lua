local T = dims("T")
local N = dims("N")
local D1 = dim("D1", 1)
local D2 = dim("D2", 1)
local t = time("t", T)
local n = axis("n")
local i1 = axis("i1")
local i2 = axis("i2")
local layer2_h17 = scope("layer2", function() return state("h17", f32, {T, N, D2}) end)
local y24 = func("y24", f32, {N, D1})
layer2_h17[t][n][i2] = 1
y24[n][i1] = 2
return model { name = "m", inputs = {}, outputs = {layer2_h17}, states = {} }
