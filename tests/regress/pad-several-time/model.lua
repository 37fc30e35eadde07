local T = dims("T")
local N = dims("N")
local D2 = dim("D2", 1)
local D3 = dim("D3", 4)
local t = time("t", T)
local n = axis("n")
local i2 = axis("i2")
local f2 = func("f2", f32, {T, N, D3})
local a16 = func("a16", f32, {T, N, D2})
f2[t][n][0] = 1
f2[t][n][1] = 1
f2[t][n][2] = 1
f2[t][n][3] = 1
a16[t][n][i2] = 1
return model { name = "m", inputs = {}, outputs = {a16}, states = {} }
