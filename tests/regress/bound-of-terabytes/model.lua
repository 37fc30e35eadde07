local T = dims("T")
local N = dims("N")
local D0 = dim("D0", 1)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local j0 = axis("j0")
local layer2_a8 = scope("layer2", function() return func("a8", f32, {T, N, D0}) end)
local layer2_h9 = scope("layer2", function() return state("h9", f32, {T, N, D0}) end)
layer2_a8[t][n][i0] = sum(j0, layer2_h9[t-1][n][j0])
layer2_h9[t][n][i0] = layer2_a8[t][n][i0]
return model { name = "m", inputs = {}, outputs = {layer2_h9}, states = {} }
