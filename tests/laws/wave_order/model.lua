-- the layer after reads steps of later chunks
local T, N = dims("T", "N")
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {T, N, 5})
local h = state("h", f32, {T, N, 5})
local g = state("g", f32, {T, N, 5})
h[t][n][i] = 0.5 * h[t-1][n][i] + x[t][n][i]
g[t][n][i] = 0.5 * g[t-1][n][i] + h[T - 1 - t][n][i]
return model { name = "wave_order", inputs = {x}, outputs = {g}, states = {h, g} }
