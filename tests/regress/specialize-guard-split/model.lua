local T = dims("T")
local N = dims("N")
local D2 = dim("D2", 1)
local t = time("t", T)
local n = axis("n")
local i2 = axis("i2")
local h3 = state("h3", f32, {T, N, D2})
h3[t][n][i2] = 1
return model { name = "m", inputs = {}, outputs = {h3}, states = {} }
