-- lanes of vectors: chunks of a rotation, and of three values of one sequence
local T, N = dims("T", "N")
local t = time("t", T)
local n, i, j = axes("n", "i", "j")
local a, x = input("a", f32, {T, 2}), input("x", f32, {T, N, 3})
local re, im, g = state("re", f32, {T, 2}), state("im", f32, {T, 2}), state("g", f32, {T, N, 3})
re[t][i] = 0.5 * re[t-1][i] - a[t][i] * im[t-1][i] + 1
im[t][i] = 0.5 * im[t-1][i] + a[t][i] * re[t-1][i]
g[t][n][j] = 0.3 * g[t-1][n][j] + x[t][n][j]
return model { name = "lanes", inputs = {a, x}, outputs = {re, g}, states = {re, im, g} }
