local T = dims("T")
local D1 = dim("D1", 23)
local D2 = dim("D2", 6)
local t = time("t", T)
local z2 = input("z2", f32, {D1, D1})
local h5 = state("h5", f32, {T})
local W6 = param("W6", f32, {D2})
h5[t] = where(lor(le((-3), 2), eq(W6[5], 0)), 1, z2[12][11])
return model { name = "m", inputs = {z2}, outputs = {h5}, states = {} }
