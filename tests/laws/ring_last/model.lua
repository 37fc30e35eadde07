-- the third last step is read at the end
local N = dims("N")
local T = dim("T", 6)
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {T, N, 5})
local h = state("h", f32, {T, N, 5})
local y = func("y", f32, {N, 5})
h[t][n][i] = 0.5 * h[t-1][n][0] + x[t][n][i]
y[n][i] = h[T-1][n][i] + h[T-3][n][i]
return model { name = "ring_last", inputs = {x}, outputs = {y}, states = {h} }
