-- the only sum is extracted; what is left is elementwise
local T = dims("T")
local D0 = dim("D0", 2)
local t = time("t", T)
local i0 = axis("i0")
local j0 = axis("j0")
local f4 = func("f4", f32, {T, D0})
local W5 = param("W5", f32, {D0, D0})
f4[t][i0] = sum(j0, W5[j0][i0])
return model { name = "extract_then_vectorize", inputs = {}, outputs = {f4}, states = {} }
