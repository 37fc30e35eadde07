local T = dims("T")
local N = dim("N", 1)
local D0 = dim("D0", 1)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local h12 = state("h12", f32, {T, N, D0})
h12[t][n][i0] = 1
return model { name = "m", inputs = {}, outputs = {h12}, states = {} }
