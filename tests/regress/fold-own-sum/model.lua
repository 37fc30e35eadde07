local T = dims("T")
local N = dims("N")
local D1 = dim("D1", 2)
local t = time("t", T)
local n = axis("n")
local i1 = axis("i1")
local j1 = axis("j1")
local layer1_h3 = scope("layer1", function() return state("h3", f32, {T, N, D1}) end)
local layer1_h4 = scope("layer1", function() return state("h4", f32, {T, N, D1}) end)
layer1_h3[t][n][i1] = (layer1_h3[t-1][n][i1] + where(eq(i1, 5), sum(j1, layer1_h4[t][n][j1]), 1))
layer1_h4[t][n][i1] = 1
return model { name = "m", inputs = {}, outputs = {layer1_h4}, states = {} }
