-- chunks of the steps read backwards
local T, N = dims("T", "N")
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {T, N, 5})
local h = state("h", f32, {T, N, 5})
local y = func("y", f32, {T, N, 5})
h[t][n][i] = 0.5 * h[t-1][n][i] + x[t][n][i]
y[t][n][i] = h[T - 1 - t][n][i]
return model { name = "chunk_later", inputs = {x}, outputs = {y}, states = {h} }
