local T = dims("T")
local N = dims("N")
local D1 = dim("D1", 1)
local t = time("t", T)
local n = axis("n")
local i1 = axis("i1")
local f2 = func("f2", f32, {T, N, D1})
f2[t][n][i1] = 1
return model { name = "m", inputs = {}, outputs = {f2}, states = {} }
