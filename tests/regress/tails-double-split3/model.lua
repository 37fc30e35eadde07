-- the same, under a parallel loop
local T = dims("T")
local N = dims("N")
local D1 = dim("D1", 1)
local t = time("t", T)
local n = axis("n")
local i1 = axis("i1")
local j1 = axis("j1")
local layer1_a6 = scope("layer1", function() return func("a6", f32, {T, D1}) end)
local layer1_h8 = scope("layer1", function() return state("h8", f32, {T, N, D1}) end)
local layer1_W13 = scope("layer1", function() return param("W13", f32, {D1, D1}) end)
layer1_a6[t][i1] = 1
layer1_h8[t][n][i1] = amin(j1, layer1_W13[j1][i1])
return model { name = "tails_double_split3", inputs = {}, outputs = {layer1_h8}, states = {} }
