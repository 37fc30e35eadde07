-- a function
local T, N = dims("T", "N")
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {T, N, 5})
local h = state("h", f32, {T, N, 5})
h[t][n][i] = tanh(h[t-1][n][i] + x[t][n][i])
return model { name = "affine_function", inputs = {x}, outputs = {h}, states = {h} }
