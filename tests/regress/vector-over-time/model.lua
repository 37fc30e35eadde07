-- a vector of steps of an input that is found step by step
local T = dims("T")
local D1 = dim("D1", 2)
local t = time("t", T)
local i1 = axis("i1")
local x0 = input("x0", f32, {T, D1})
local f2 = func("f2", f32, {T})
f2[t] = ((sum(i1, x0[t][i1]) + x0[t-1][1]) + sum(i1, 1))
return model { name = "vector_over_time", inputs = {x0}, outputs = {f2}, states = {} }
