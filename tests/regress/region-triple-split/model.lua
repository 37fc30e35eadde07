-- the region inside an outer part of a part
local T = dims("T")
local N = dims("N")
local D0 = dim("D0", 1)
local D1 = dim("D1", 1)
local D2 = dim("D2", 1)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local i1 = axis("i1")
local W17 = param("W17", f32, {D2, D1})
local y18 = func("y18", f32, {T, N, D0})
y18[t][n][i0] = amin(i1, W17[0][i1])
return model { name = "region_triple_split", inputs = {}, outputs = {y18}, states = {} }
