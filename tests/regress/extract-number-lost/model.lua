-- a number stands before the sums, the second of which is extracted
local T = dims("T")
local N = dims("N")
local D3 = dim("D3", 1)
local t = time("t", T)
local n = axis("n")
local i3 = axis("i3")
local y8 = func("y8", f32, {T, N})
local W11 = param("W11", f32, {D3})
y8[t][n] = (((-2) + sum(i3, 1)) + sum(i3, W11[i3]))
return model { name = "extract_number_lost", inputs = {}, outputs = {y8}, states = {} }
