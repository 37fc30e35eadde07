-- rounds otherwise
local T, N = dims("T", "N")
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {T, N, 5})
local h = state("h", f32, {T, N, 5})
h[t][n][i] = 0.3 * h[t-1][n][i] + x[t][n][i]
return model { name = "scan_reassoc", inputs = {x}, outputs = {h}, states = {h} }
