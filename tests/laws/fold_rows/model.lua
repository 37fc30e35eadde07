-- the step before the last is read, and two rows are kept
local N = dims("N")
local T = dim("T", 6)
local t = time("t", T)
local n, i = axes("n", "i")
local x = input("x", f32, {T, N, 5})
local h = state("h", f32, {T, N, 5})
local y = func("y", f32, {N, 5})
h[t][n][i] = 0.5 * h[t-1][n][i] + 0.25 * h[t-2][n][0] + x[t][n][i]
y[n][i] = h[T-1][n][i]
return model { name = "fold_rows", inputs = {x}, outputs = {y}, states = {h} }
