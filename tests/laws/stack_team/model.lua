-- the first thread computes a, the others read it
local N = dims("N")
local T = dim("T", 4)
local t = time("t", T)
local n, i = axes("n", "i")
local x = input("x", f32, {T, N, 8})
local h = state("h", f32, {T, N, 8})
local a, b = func("a", f32, {T, N, 8}), func("b", f32, {T, N, 8})
a[t][n][i] = x[t][n][i] + h[t-1][n][i]
b[t][n][i] = 2 * a[t][n][i] + a[t][n][0]
h[t][n][i] = 0.5 * b[t][n][i] + a[t][n][i]
return model { name = "stack_team", inputs = {x}, outputs = {h}, states = {h} }
