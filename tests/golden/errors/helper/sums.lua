-- sums.lua · a layer that reads a sum over all steps of the one before, as it is and through another tensor
local T, N = dims("T", "N")
local H = dim("H", 5)
local t = time("t", T)
local n, i, s = axes("n", "i", "s")
local x = input("x", f32, {T, N, H})
local h, g, f = state("h", f32, {T, N, H}), state("g", f32, {T, N, H}), state("f", f32, {T, N, H})
local all = func("all", f32, {N, H})
h[t][n][i] = tanh(x[t][n][i] + h[t-1][n][i])
g[t][n][i] = tanh(x[t][n][i] * sum(s, h[s][n][i]) + g[t-1][n][i])
all[n][i] = sum(s, h[s][n][i])
f[t][n][i] = tanh(x[t][n][i] * all[n][i] + f[t-1][n][i])
return model { name = "sums", inputs = {x}, outputs = {g, f}, states = {h, g, f} }
