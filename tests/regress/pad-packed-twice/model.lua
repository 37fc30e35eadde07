local T = dim("T", 1)
local N = dims("N")
local D2 = dim("D2", 1)
local D3 = dim("D3", 1)
local t = time("t", T)
local n = axis("n")
local i2 = axis("i2")
local i3 = axis("i3")
local f2 = func("f2", f32, {T, N, D2})
local f5 = func("f5", f32, {T, N, D3})
local W6 = param("W6", f32, {D3})
f2[t][n][i2] = 1
f5[t][n][i3] = W6[i3]
return model { name = "m", inputs = {}, outputs = {f2}, states = {} }
