local T = dims("T")
local H = dim("H", 4)
local t = time("t", T)
local i, j = axes("i", "j")
local u = input("u", f32, {T, H, H})
local h = state("h", f32, {T, H, H})
h[t][i][j] = 0.5 * h[t-1][j][i] + u[t][i][j]
return model { name = "tr", inputs = {u}, outputs = {h}, states = {h} }
