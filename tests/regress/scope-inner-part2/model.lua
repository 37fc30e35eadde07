-- the same, where the outer part was split again
local T = dims("T")
local D0 = dim("D0", 3)
local t = time("t", T)
local i0 = axis("i0")
local j0 = axis("j0")
local h3 = state("h3", f32, {T, D0})
local W4 = param("W4", f32, {D0})
h3[t][i0] = sum(j0, W4[j0])
return model { name = "scope_inner_part2", inputs = {}, outputs = {h3}, states = {} }
