-- two stages of one recurrence put axes of equal extent outside time, which are not the same axis
local T = dims("T")
local D = dim("D", 4)
local t = time("t", T)
local i, j = axes("i", "j")
local x = input("x", f32, {T, D, D})
local a, h = func("a", f32, {T, D, D}), state("h", f32, {T, D, D})
a[t][i][j] = 0.5 * h[t-1][i][j] + x[t][i][j]
h[t][i][j] = a[t][i][j] - h[t-2][i][j]
return model { name = "slices_of_other_axes", inputs = {x}, outputs = {h} }
