-- a2 is computed inside y12, but h4 reads its step before, outside
local T = dims("T")
local N = dims("N")
local D0 = dim("D0", 2)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local j0 = axis("j0")
local layer1_a2 = scope("layer1", function() return func("a2", f32, {T, N, D0}) end)
local layer1_h4 = scope("layer1", function() return state("h4", f32, {T, N, D0}) end)
local y12 = func("y12", f32, {T, N, D0})
layer1_a2[t][n][i0] = 1
layer1_h4[t][n][i0] = layer1_a2[t-1][n][i0]
y12[t][n][i0] = sum(j0, layer1_a2[t][n][j0])
return model { name = "place_ignores_lag2", inputs = {}, outputs = {y12}, states = {} }
