-- an unrolled or vectorized part inside a part: the left-over tile belongs to the last block only
local T = dim("T", 2)
local D0 = dim("D0", 5)
local t = time("t", T)
local i0 = axis("i0")
local j0 = axis("j0")
local layer1_a8 = scope("layer1", function() return func("a8", f32, {T, D0}) end)
local layer1_h9 = scope("layer1", function() return state("h9", f32, {T, D0}) end)
layer1_a8[t][i0] = (1 - sum(j0, layer1_h9[t-1][j0]))
layer1_h9[t][i0] = layer1_a8[t][i0]
return model { name = "tails_double_split", inputs = {}, outputs = {layer1_a8}, states = {} }
