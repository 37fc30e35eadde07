-- the same, read at the root
local T = dim("T", 1)
local N = dim("N", 1)
local D2 = dim("D2", 1)
local t = time("t", T)
local n = axis("n")
local i2 = axis("i2")
local j2 = axis("j2")
local layer1_h5 = scope("layer1", function() return state("h5", f32, {T, N, D2}) end)
local layer2_a11 = scope("layer2", function() return func("a11", f32, {T, N, D2}) end)
local layer2_a12 = scope("layer2", function() return func("a12", f32, {T, N, D2}) end)
local layer2_h13 = scope("layer2", function() return state("h13", f32, {T, N, D2}) end)
layer1_h5[t][n][i2] = 1
layer2_a11[t][n][i2] = sum(j2, layer2_h13[t][n][j2])
layer2_a12[t][n][i2] = sum(j2, layer1_h5[t][n][j2])
layer2_h13[t][n][i2] = 1
return model { name = "with_member_read_elsewhere2", inputs = {}, outputs = {layer2_h13}, states = {} }
