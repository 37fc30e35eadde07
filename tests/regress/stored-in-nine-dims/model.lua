local T = dims("T")
local N = dims("N")
local D0 = dim("D0", 2)
local D1 = dim("D1", 1)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local j0 = axis("j0")
local i1 = axis("i1")
local h2 = state("h2", f32, {T, N, D1, D0})
local h5 = state("h5", f32, {T, N, D0})
h2[t][n][i1][i0] = (sum(j0, 1) + sum(j0, h5[t-1][n][j0]))
h5[t][n][i0] = h2[t][n][0][i0]
return model { name = "m", inputs = {}, outputs = {h5}, states = {} }
