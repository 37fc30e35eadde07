-- one of four definitions is computed inside a reader of all
local T = dims("T")
local N = dims("N")
local D2 = dim("D2", 4)
local t = time("t", T)
local n = axis("n")
local i2 = axis("i2")
local a7 = func("a7", f32, {T, N, D2, D2})
local h9 = state("h9", f32, {T, N, D2})
a7[t][n][i2][0] = 1
a7[t][n][i2][1] = (-0.25)
a7[t][n][i2][2] = 1
a7[t][n][i2][3] = 1
h9[t][n][i2] = a7[t][n][i2][i2]
return model { name = "local_many_definitions", inputs = {}, outputs = {h9}, states = {} }
