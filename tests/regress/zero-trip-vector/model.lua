-- unrolling leaves a vector loop without iterations
local T = dims("T")
local D0 = dim("D0", 23)
local t = time("t", T)
local i0 = axis("i0")
local layer1_h6 = scope("layer1", function() return state("h6", f32, {T, D0}) end)
layer1_h6[t][i0] = 1
return model { name = "zero_trip_vector", inputs = {}, outputs = {layer1_h6}, states = {} }
