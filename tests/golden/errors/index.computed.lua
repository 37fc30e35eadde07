-- rnngen show c THIS
local T, N = dims("T", "N")
local X, H = dim("X", 3), dim("H", 4)
local t = time("t", T)
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {T, N, X})
local W = param("W", f32, {H, X})
local h = state("h", f32, {T, N, H})
local tok = input("tok", i32, {T, N})
local next = func("next", i32, {T, N})
next[t][n] = tok[t][n] + 1
h[t][n][i] = h[t-1][n][i] + x[t][n][0] * W[next[t][n]][0]
return model { name = "m", inputs = {x, tok}, outputs = {h}, states = {h} }
