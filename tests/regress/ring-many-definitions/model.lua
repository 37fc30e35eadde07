-- of three definitions of a state only one is in the recurrence; they share a ring
local T = dims("T")
local N = dims("N")
local D0 = dim("D0", 3)
local t = time("t", T)
local n = axis("n")
local i0 = axis("i0")
local layer3_h13 = scope("layer3", function() return state("h13", f32, {T, N, D0}) end)
local y17 = func("y17", f32, {T, N, D0})
layer3_h13[t][n][0] = sum(i0, layer3_h13[t-1][n][i0])
layer3_h13[t][n][1] = 1
layer3_h13[t][n][2] = 1
y17[t][n][i0] = 1
return model { name = "ring_many_definitions", inputs = {}, outputs = {y17}, states = {} }
