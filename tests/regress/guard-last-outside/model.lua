local T = dims("T")
local N = dims("N")
local D0 = dim("D0", 1)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local layer1_h11 = scope("layer1", function() return state("h11", f32, {T, N, D0}) end)
layer1_h11[t][n][i0] = 1
return model { name = "m", inputs = {}, outputs = {layer1_h11}, states = {} }
