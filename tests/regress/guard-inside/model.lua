local T = dims("T")
local N = dims("N")
local D2 = dim("D2", 1)
local t = time("t", T)
local n = axis("n")
local i2 = axis("i2")
local layer1_h2 = scope("layer1", function() return state("h2", f32, {T, N, D2}) end)
local layer1_h3 = scope("layer1", function() return state("h3", f32, {T, N, D2}) end)
layer1_h2[t][n][i2] = 1
layer1_h3[t][n][i2] = layer1_h2[t][n][0]
return model { name = "m", inputs = {}, outputs = {layer1_h3}, states = {} }
