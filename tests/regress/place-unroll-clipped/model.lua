-- an unrolled part inside a region whose last block is smaller
local T = dims("T")
local D2 = dim("D2", 1)
local D3 = dim("D3", 1)
local t = time("t", T)
local i2 = axis("i2")
local j2 = axis("j2")
local f2 = func("f2", f32, {T, D2})
local W4 = param("W4", f32, {D2, D3})
f2[t][i2] = sum(j2, W4[j2][0])
return model { name = "place_unroll_clipped", inputs = {}, outputs = {f2}, states = {} }
