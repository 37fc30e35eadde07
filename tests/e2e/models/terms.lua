-- sums whose terms are made of more than a read of each tensor; a product of two inputs
local N, H = dims("N"), dim("H", 21)
local n, i, j = axes("n", "i", "j")
local x, V = input("x", f32, {N, 13}), input("V", f32, {13, H})
local U, s = param("U", f32, {H, 13}), param("s", f32, {1})
local y, z = func("y", f32, {N, H}), func("z", f32, {N, H})
y[n][i] = sum(j, s[0] * (U[i][j] + x[n][j] * x[n][j]))
z[n][i] = y[n][i] + sum(j, V[j][i] * tanh(x[n][j]))
return model { name = "terms", inputs = {x, V}, outputs = {y, z}, states = {} }
