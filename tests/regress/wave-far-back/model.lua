-- a state of a wave that itself looks back further than a chunk
local T = dims("T")
local N = dims("N")
local D0 = dim("D0", 2)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local j0 = axis("j0")
local h6 = state("h6", f32, {T, N, D0})
local h7 = state("h7", f32, {T, N, D0})
h6[t][n][i0] = amax(j0, h6[t-2][n][j0])
h7[t][n][i0] = (h6[t][n][i0] + h7[t-1][n][i0])
return model { name = "m", inputs = {}, outputs = {h7}, states = {} }
