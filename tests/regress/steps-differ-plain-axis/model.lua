-- a sum over all steps by an axis that is not the time axis: no two halves
local T = dims("T")
local D0 = dim("D0", 16)
local D1 = dim("D1", 1)
local D2 = dim("D2", 1)
local t = time("t", T)
local s = axis("s")
local i1 = axis("i1")
local i2 = axis("i2")
local x0 = input("x0", f32, {T, D0})
local y9 = func("y9", f32, {T, D1, D2})
y9[t][i1][i2] = sum(s, x0[s][10])
return model { name = "steps_differ_plain_axis", inputs = {x0}, outputs = {y9}, states = {} }
