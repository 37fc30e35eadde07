local T = dims("T")
local N = dims("N")
local D0 = dim("D0", 1)
local D1 = dim("D1", 1)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local i1 = axis("i1")
local f2 = func("f2", f32, {T, N, D1})
local f6 = func("f6", f32, {T, N, D0})
f2[t][n][i1] = 1
f6[t][n][i0] = sum(i1, f2[t][n][i1])
return model { name = "m", inputs = {}, outputs = {f6}, states = {} }
