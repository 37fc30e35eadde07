-- affine.lua · recurrences that are affine in a state of several numbers: a rotation, a filter of second order, a stage between
local T, N = dims("T", "N")
local H = dim("H", 12)
local len, first = input("len", i32, {N}), input("first", i32, {T, N})
local t = time("t", T, { lengths = len, reset = first })
local n, i = axes("n", "i")

local x = input("x", f32, {T, N, H})
local a, b, d = param("a", f32, {H}), param("b", f32, {H}), param("d", f32, {H})
local re, im = state("re", f32, {T, N, H}), state("im", f32, {T, N, H})
local y, z, u = state("y", f32, {T, N, H}), state("z", f32, {T, N, H}), func("u", f32, {T, N, H})

re[t][n][i] = a[i] * re[t-1][n][i] - b[i] * im[t-1][n][i] + x[t][n][i]
im[t][n][i] = a[i] * im[t-1][n][i] + b[i] * re[t-1][n][i]
re[-1][n][i] = d[i]                                    -- a learned start
y[t][n][i] = a[i] * y[t-1][n][i] - 0.5 * y[t-2][n][i] + re[t][n][i]
u[t][n][i] = 0.5 * (z[t-1][n][i] - x[t][n][i])         -- of the same step as z
z[t][n][i] = u[t][n][i] + sigmoid(x[t][n][i]) * (y[t][n][i] - u[t][n][i])

return model { name = "affine", inputs = {len, first, x}, outputs = {y, z}, states = {re, im, y, z} }
