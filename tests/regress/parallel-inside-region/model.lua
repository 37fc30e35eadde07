-- in a team, a parallel loop fills an array inside a serial loop
local T = dims("T")
local N = dim("N", 2)
local D0 = dim("D0", 1)
local D1 = dim("D1", 1)
local D2 = dim("D2", 6)
local t = time("t", T)
local n = axis("n")
local m = axis("m")
local i0 = axis("i0")
local i1 = axis("i1")
local i2 = axis("i2")
local layer1_a1 = scope("layer1", function() return func("a1", f32, {T, N, D2}) end)
local layer1_h2 = scope("layer1", function() return state("h2", f32, {T, N, D1}) end)
local layer1_h3 = scope("layer1", function() return state("h3", f32, {T, N, D1}) end)
local h10 = state("h10", f32, {T, N, D0})
local y19 = func("y19", f32, {T, N, D0})
local W20 = param("W20", f32, {D0})
layer1_a1[t][n][i2] = sum(i1, layer1_h3[t-1][n][i1])
layer1_h2[t][n][i1] = 1
layer1_h3[t][n][i1] = layer1_a1[t][n][5]
h10[t][n][i0] = h10[t-1][n][i0]
y19[t][n][i0] = sum(m, (layer1_h2[t][m][0] * W20[i0]))
return model { name = "parallel_inside_region", inputs = {}, outputs = {layer1_a1}, states = {} }
