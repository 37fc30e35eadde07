-- narrow.lua · linear recurrences whose steps are narrower than a vector: a rotation of two values, three and four of their own
local T = dims("T")
local H = dim("H", 2)
local t = time("t", T)
local i, j, k = axes("i", "j", "k")

local a, x = input("a", f32, {T, H}), input("x", f32, {T, H})
local b, y = input("b", f32, {T, 3}), input("y", f32, {T, 3})
local c, z = input("c", f32, {T, 4}), input("z", f32, {T, 4})
local re, im = state("re", f32, {T, H}), state("im", f32, {T, H})
local g, h = state("g", f32, {T, 3}), state("h", f32, {T, 4})

re[t][i] = a[t][i] * re[t-1][i] - 0.5 * im[t-1][i] + x[t][i]
im[t][i] = a[t][i] * im[t-1][i] + 0.5 * re[t-1][i]
g[t][j] = sigmoid(b[t][j]) * (g[t-1][j] - y[t][j]) + y[t][j]
h[t][k] = c[t][k] * h[t-1][k] + z[t][k]

return model { name = "narrow", inputs = {a, x, b, y, c, z}, outputs = {re, g, h}, states = {re, im, g, h} }
