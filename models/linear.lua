-- models/linear.lua · the linear recurrence h = a h' + b, element by element: what scans are about (Blelloch, 1990)
local T, N = dims("T", "N")
local H = dim("H", 8)
local t = time("t", T)
local n, i = axes("n", "i")

local a, b = input("a", f32, {T, N, H}), input("b", f32, {T, N, H})
local h = state("h", f32, {T, N, H})
h[t][n][i] = a[t][n][i] * h[t-1][n][i] + b[t][n][i]

return model { name = "linear", inputs = {a, b}, outputs = {h}, states = {h} }
