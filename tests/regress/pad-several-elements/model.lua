local T = dims("T")
local N = dims("N")
local D0 = dim("D0", 4)
local D2 = dim("D2", 1)
local t = time("t", T)
local n = axis("n")
local i2 = axis("i2")
local f2 = func("f2", f32, {N, D0})
local layer1_h12 = scope("layer1", function() return state("h12", f32, {T, N, D2}) end)
f2[n][0] = 1
f2[n][1] = (-0.875)
f2[n][2] = 0.75
f2[n][3] = 1
layer1_h12[t][n][i2] = 1
return model { name = "m", inputs = {}, outputs = {layer1_h12}, states = {} }
