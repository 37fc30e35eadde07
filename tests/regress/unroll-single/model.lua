local T = dims("T")
local D0 = dim("D0", 1)
local D2 = dim("D2", 1)
local t = time("t", T)
local i0 = axis("i0")
local j0 = axis("j0")
local i2 = axis("i2")
local j2 = axis("j2")
local x0 = input("x0", f32, {T, D2})
local f2 = func("f2", f32, {T, D0, D0})
local layer1_a8 = scope("layer1", function() return func("a8", f32, {T, D2}) end)
local layer1_h9 = scope("layer1", function() return state("h9", f32, {T, D2}) end)
f2[t][i0][j0] = 1
layer1_a8[t][i2] = sum(j2, x0[t][j2])
layer1_h9[t][i2] = layer1_h9[t-1][i2]
return model { name = "m", inputs = {x0}, outputs = {layer1_h9}, states = {} }
