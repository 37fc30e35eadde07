local T = dims("T")
local D0 = dim("D0", 1)
local t = time("t", T)
local i0 = axis("i0")
local h4 = state("h4", f32, {T, D0})
local W9 = param("W9", f32, {D0})
h4[t][i0] = where(land(eq(2, W9[i0]), ge(1, 0)), h4[t-1][i0], 1)
return model { name = "m", inputs = {}, outputs = {h4}, states = {} }
