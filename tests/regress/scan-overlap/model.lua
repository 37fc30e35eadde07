-- Blocks of chunks that are reduced while the ones before are expanded: rows of few elements, side by side, and of many.
local N, T, H, K = dims("N"), dim("T", 27), dim("H", 2), dim("K", 12)
local t = time("t", T)
local n, i, k = axes("n", "i", "k")

local x, z = input("x", f32, {T, N, H}), input("z", f32, {T, N, K})
local h, y = state("h", f32, {T, N, H}), state("y", f32, {T, N, K})
h[t][n][i] = x[t][n][i] * h[t-1][n][i] + x[t][n][i]
y[t][n][k] = z[t][n][k] * y[t-1][n][k] + y[t-2][n][k]

return model { name = "scan_overlap", inputs = {x, z}, outputs = {h, y}, states = {h, y} }
