-- each element of the layer after reads its own of the one before, whose threads are of another group
local T, N = dims("T", "N")
local t = time("t", T)
local n, i = axes("n", "i")
local x = input("x", f32, {T, N, 5})
local h = state("h", f32, {T, N, 5})
local g = state("g", f32, {T, N, 5})
h[t][n][i] = 0.5 * h[t-1][n][i] + x[t][n][i]
g[t][n][i] = 0.5 * g[t-1][n][i] + h[t][n][i]
return model { name = "slice_groups", inputs = {x}, outputs = {g}, states = {h, g} }
