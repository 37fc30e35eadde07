-- a dim is read backwards; the others are as they are
local T = dim("T", 1)
local N = dims("N")
local D1 = dim("D1", 1)
local D2 = dim("D2", 8)
local t = time("t", T)
local n = axis("n")
local i1 = axis("i1")
local i2 = axis("i2")
local layer3_a18 = scope("layer3", function() return func("a18", f32, {T, N, D2}) end)
local layer3_h20 = scope("layer3", function() return state("h20", f32, {T, N, D1}) end)
layer3_a18[t][n][i2] = 1
layer3_h20[t][n][i1] = layer3_a18[t][n][7-i1]
return model { name = "place_reversed_index", inputs = {}, outputs = {layer3_h20}, states = {} }
