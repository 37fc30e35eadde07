-- the same, with the parallel loop further in
local T = dims("T")
local N = dims("N")
local D0 = dim("D0", 2)
local D1 = dim("D1", 1)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local i1 = axis("i1")
local f1 = func("f1", f32, {T, N, D1})
local f3 = func("f3", f32, {T, N, D0})
f1[t][n][i1] = 1
f3[t][n][i0] = f1[t][n][0]
return model { name = "per_thread_outside_parallel2", inputs = {}, outputs = {f3}, states = {} }
