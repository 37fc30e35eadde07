local T = dims("T")
local N = dims("N")
local D0 = dim("D0", 1)
local D1 = dim("D1", 1)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local j0 = axis("j0")
local k0 = axis("k0")
local i1 = axis("i1")
local layer2_a14 = scope("layer2", function() return func("a14", f32, {T, N, D0, D0}) end)
local layer2_h15 = scope("layer2", function() return state("h15", f32, {T, N, D0}) end)
local layer2_W16 = scope("layer2", function() return param("W16", f32, {D0, D0, D0}) end)
local y19 = func("y19", f32, {T, N, D1})
layer2_a14[t][n][i0][j0] = (sum(k0, layer2_W16[k0][j0][i0]) + sum(k0, layer2_h15[t-1][n][k0]))
layer2_h15[t][n][i0] = layer2_a14[t][n][i0][0]
y19[t][n][i1] = 1
return model { name = "m", inputs = {}, outputs = {y19}, states = {} }
