local T = dims("T")
local N = dims("N")
local D1 = dim("D1", 1)
local t = time("t", T)
local n = axis("n")
local i1 = axis("i1")
local j1 = axis("j1")
local k1 = axis("k1")
local a6 = func("a6", f32, {T, N, D1, D1})
local h8 = state("h8", f32, {T, N, D1})
a6[t][n][i1][j1] = sum(k1, h8[t-2][n][k1])
h8[t][n][i1] = a6[t][n][i1][i1]
return model { name = "row_ring", inputs = {}, outputs = {h8}, states = {} }
