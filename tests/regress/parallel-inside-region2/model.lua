-- the same, the team being another recurrence's
local T = dims("T")
local N = dims("N")
local D0 = dim("D0", 1)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local j0 = axis("j0")
local h2 = state("h2", f32, {T, N, D0})
local layer3_a10 = scope("layer3", function() return func("a10", f32, {T, N, D0}) end)
local layer3_h11 = scope("layer3", function() return state("h11", f32, {T, N, D0}) end)
h2[t][n][i0] = sum(j0, h2[t-1][n][j0])
layer3_a10[t][n][i0] = sum(j0, layer3_h11[t-1][n][j0])
layer3_h11[t][n][i0] = layer3_a10[t][n][i0]
return model { name = "parallel_inside_region2", inputs = {}, outputs = {h2}, states = {} }
