local T = dims("T")
local N = dim("N", 6)
local D1 = dim("D1", 2)
local t = time("t", T)
local n = axis("n")
local i1 = axis("i1")
local j1 = axis("j1")
local a2 = func("a2", f32, {T, N, D1})
local a3 = func("a3", f32, {T, N, D1})
local h4 = state("h4", f32, {T, N, D1})
a2[t][n][i1] = sum(j1, h4[t-1][n][j1])
a3[t][n][i1] = sum(j1, h4[t][n][j1])
h4[t][n][i1] = a2[t][n][i1]
return model { name = "m", inputs = {}, outputs = {a2}, states = {} }
