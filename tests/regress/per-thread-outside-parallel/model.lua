-- a private buffer is written outside the parallel loop that reads it
local T = dims("T")
local N = dims("N")
local D2 = dim("D2", 2)
local t = time("t", T)
local n = axis("n")
local i2 = axis("i2")
local j2 = axis("j2")
local layer2_h12 = scope("layer2", function() return state("h12", f32, {T, N, D2}) end)
local y19 = func("y19", f32, {T, N, D2})
layer2_h12[t][n][i2] = 1
y19[t][n][i2] = sum(j2, layer2_h12[t][n][j2])
return model { name = "per_thread_outside_parallel", inputs = {}, outputs = {y19}, states = {} }
