-- the same, in another order
local T = dims("T")
local N = dims("N")
local D1 = dim("D1", 1)
local t = time("t", T)
local n = axis("n")
local i1 = axis("i1")
local j1 = axis("j1")
local x0 = input("x0", f32, {T, N, D1})
local f5 = func("f5", f32, {T, N, D1})
f5[t][n][i1] = sum(j1, x0[t][n][j1])
return model { name = "region_split_order", inputs = {x0}, outputs = {f5}, states = {} }
