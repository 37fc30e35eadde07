-- the inner part of a split stands outside the outer part, on whose counter its extent depends
local T = dims("T")
local N = dims("N")
local D0 = dim("D0", 1)
local D2 = dim("D2", 1)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local j0 = axis("j0")
local i2 = axis("i2")
local y13 = func("y13", f32, {T, N, D0})
local W15 = param("W15", f32, {D0, D0, D2})
y13[t][n][i0] = amax({i2, j0}, W15[i0][j0][i2])
return model { name = "scope_inner_part", inputs = {}, outputs = {y13}, states = {} }
