-- one element of a dim is read; it is computed inside
local T = dims("T")
local N = dims("N")
local D1 = dim("D1", 1)
local D2 = dim("D2", 4)
local t = time("t", T)
local n = axis("n")
local i1 = axis("i1")
local i2 = axis("i2")
local f2 = func("f2", f32, {T, N, D2})
local layer1_h5 = scope("layer1", function() return state("h5", f32, {T, N, D1}) end)
f2[t][n][i2] = 1
layer1_h5[t][n][i1] = f2[t][n][i1+3]
return model { name = "place_constant_index", inputs = {}, outputs = {layer1_h5}, states = {} }
