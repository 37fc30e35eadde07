-- a region inside a region whose last block is smaller
local T = dims("T")
local N = dims("N")
local D0 = dim("D0", 1)
local D2 = dim("D2", 1)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local i2 = axis("i2")
local f3 = func("f3", f32, {T, N, D2})
local y12 = func("y12", f32, {N, T, D0})
local y17 = func("y17", f32, {T, N, D2})
f3[t][n][i2] = 1
y12[n][t][i0] = sum(i2, f3[t][n][i2])
y17[t][n][i2] = sum(i0, y12[n][t][i0])
return model { name = "place_clipped_digit", inputs = {}, outputs = {y17}, states = {} }
