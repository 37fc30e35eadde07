-- h8 is computed inside e0, but a6 reads its step before, outside
local T = dims("T")
local N = dim("N", 2)
local D0 = dim("D0", 2)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local j0 = axis("j0")
local a6 = func("a6", f32, {T, N, D0})
local h8 = state("h8", f32, {T, N, D0})
local a19 = func("a19", f32, {T, N})
a6[t][n][i0] = sum(j0, h8[t-1][n][j0])
h8[t][n][i0] = 1
a19[t][n] = sum(i0, h8[t][n][i0])
return model { name = "place_ignores_lag", inputs = {}, outputs = {a19}, states = {} }
