-- models/parts.lua · a gate a definition, on constant indices of one tensor; f64, i32, i64 and conditions as tensors
local T, N = dims("T", "N")
local H = dim("H", 13)
local t = time("t", T)
local n, i, j = axes("n", "i", "j")

local x, id = input("x", f32, {T, N, H}), input("id", i64, {N})
local U, E = param("U", f32, {3, H, H}), param("E", f64, {4, H})
local a, h = func("a", f32, {T, N, 3, H}), state("h", f32, {T, N, H})
local mean, steps = state("mean", f64, {T, N, H}), state("steps", i32, {T, N})
local E2, at = param("E2", f32, {H, 3}), func("at", f32, {T, N})
local high, where_high = func("high", bool, {T, N, H}), func("where_high", i32, {T, N})

a[t][n][0][i] = x[t][n][i] + sum(j, U[0][i][j] * h[t-1][n][j])
a[t][n][1][i] = x[t][n][i] + sum(j, U[1][i][j] * h[t-1][n][j])
a[t][n][2][i] = x[t][n][i] + sigmoid(a[t][n][1][i]) * sum(j, U[2][i][j] * h[t-1][n][j])
h[t][n][i] = (1 - sigmoid(a[t][n][0][i])) * tanh(a[t][n][2][i]) + sigmoid(a[t][n][0][i]) * h[t-1][n][i]
mean[t][n][i] = 0.9 * mean[t-1][n][i] + E[id[n]][i] * f64(h[t][n][i])
high[t][n][i] = gt(mean[t][n][i], 0.001)
where_high[t][n] = amax(i, where(high[t][n][i], i32(i), -1))
steps[t][n] = steps[t-1][n] + where(gt(where_high[t][n], 5), 1, 0)

at[t][n] = E2[where_high[t][n]][1]

return model { name = "parts", inputs = {x, id}, outputs = {h, mean, high, where_high, steps, at} }
