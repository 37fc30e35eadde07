-- all steps are read at the end
local T, N = dims("T", "N")
local t = time("t", T)
local n, i, s = axes("n", "i", "s")
local x = input("x", f32, {T, N, 5})
local h = state("h", f32, {T, N, 5})
local y = func("y", f32, {N, 5})
h[t][n][i] = 0.5 * h[t-1][n][i] + x[t][n][i]
y[n][i] = sum(s, h[s][n][i])
return model { name = "fold_all", inputs = {x}, outputs = {y}, states = {h} }
