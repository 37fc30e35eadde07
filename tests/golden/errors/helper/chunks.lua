local T, N = dims("T", "N")
local H = dim("H", 4)
local t = time("t", T)
local n, i, s = axes("n", "i", "s")
local x = input("x", f32, {T, N, H})
local h = state("h", f32, {T, N, H})
local back, all, later = func("back", f32, {T, N, H}), func("all", f32, {N, H}), func("later", f32, {T, N, H})
local few = func("few", f32, {H, N, H})
h[t][n][i] = tanh(x[t][n][i] + h[t-1][n][i])
back[t][n][i] = h[T-1-t][n][i]
all[n][i] = sum(s, back[s][n][i])
later[t][n][i] = h[t][n][i] * all[n][i]
local q = time("q", H)
few[q][n][i] = all[n][i]
return model { name = "chunks", inputs = {x}, outputs = {h, later, few}, states = {h} }
