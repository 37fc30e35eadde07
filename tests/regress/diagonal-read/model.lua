-- a state is computed where only its diagonal is read
local T = dims("T")
local D0 = dim("D0", 2)
local D1 = dim("D1", 1)
local t = time("t", T)
local i0 = axis("i0")
local j0 = axis("j0")
local k0 = axis("k0")
local i1 = axis("i1")
local layer1_h1 = scope("layer1", function() return state("h1", f32, {T, D0, D0}) end)
local layer1_h2 = scope("layer1", function() return state("h2", f32, {T, D0}) end)
local layer2_h7 = scope("layer2", function() return state("h7", f32, {T, D1}) end)
local layer2_W8 = scope("layer2", function() return param("W8", f32, {D1}) end)
layer1_h1[t][i0][j0] = (amin(k0, layer1_h1[t-1][k0][k0]) + sum(k0, layer1_h2[t-1][k0]))
layer1_h2[t][i0] = layer1_h1[t][i0][i0]
layer2_h7[t][i1] = layer2_W8[i1]
return model { name = "diagonal_read", inputs = {}, outputs = {layer2_h7}, states = {} }
