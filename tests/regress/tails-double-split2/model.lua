-- the same, a reduction
local T = dims("T")
local N = dims("N")
local D1 = dim("D1", 1)
local D2 = dim("D2", 5)
local t = time("t", T)
local n = axis("n")
local i2 = axis("i2")
local j2 = axis("j2")
local layer1_a7 = scope("layer1", function() return func("a7", f32, {T, N, D2}) end)
local layer1_h8 = scope("layer1", function() return state("h8", f32, {T, N, D2}) end)
local y16 = func("y16", f32, {T, N, D1})
layer1_a7[t][n][i2] = sum(j2, layer1_h8[t-1][n][j2])
layer1_h8[t][n][i2] = layer1_a7[t][n][i2]
y16[t][n][0] = 1
return model { name = "tails_double_split2", inputs = {}, outputs = {y16}, states = {} }
