local T = dims("T")
local D0 = dim("D0", 1)
local t = time("t", T)
local i0 = axis("i0")
local j0 = axis("j0")
local layer1_a3 = scope("layer1", function() return func("a3", f32, {T, D0}) end)
local layer1_h4 = scope("layer1", function() return state("h4", f32, {T, D0}) end)
local layer1_h6 = scope("layer1", function() return state("h6", f32, {T, D0}) end)
layer1_a3[t][i0] = sum(j0, layer1_h6[t-1][j0])
layer1_h4[t][i0] = layer1_h4[t-1][0]
layer1_h6[t][i0] = layer1_a3[t][i0]
return model { name = "wave_time", inputs = {}, outputs = {layer1_h4}, states = {} }
