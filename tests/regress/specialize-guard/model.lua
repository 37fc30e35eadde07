local T = dims("T")
local N = dims("N")
local D0 = dim("D0", 1)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local f5 = func("f5", f32, {T, N, D0})
f5[t][n][i0] = 1
return model { name = "m", inputs = {}, outputs = {f5}, states = {} }
