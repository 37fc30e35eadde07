-- models/window.lua · layers of which the second reads the first one step later, the third both neighbours of the second; a fourth
-- reads a sum over all steps of the third
local T, N = dims("T", "N")
local H = dim("H", 11)
local t = time("t", T)
local n, i, j, s = axes("n", "i", "j", "s")

local x = input("x", f32, {T, N, H})
local U = param("U", f32, {3, H, H})
local h, g, f = state("h", f32, {T, N, H}), state("g", f32, {T, N, H}), state("f", f32, {T, N, H})
h[t][n][i] = tanh(x[t][n][i] + sum(j, U[0][i][j] * h[t-1][n][j]))
g[t][n][i] = tanh(h:pad(0)[t+1][n][i] + sum(j, U[1][i][j] * g[t-1][n][j]))
f[t][n][i] = tanh(g:pad(0)[t-1][n][i] - g:pad(0)[t+1][n][i] + sum(j, U[2][i][j] * f[t-1][n][j]))

local y = func("y", f32, {N, H})
local z = state("z", f32, {T, N, H})
y[n][i] = sum(s, f[s][n][i])
z[t][n][i] = tanh(x[t][n][i] * y[n][i] + z[t-1][n][i])

return model { name = "window", inputs = {x}, outputs = {z}, states = {h, g, f, z} }
