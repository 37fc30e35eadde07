-- a buffer of two shapes
local N = dims("N")
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {N, 5})
local y = func("y", f32, {N, 5})
local U, V = param("U", f32, {2, 5}), param("V", f32, {3, 5})
y[n][i] = x[n][i] * U[0][i] + U[1][i] + V[0][i] + V[2][i]
return model { name = "pack_shapes", inputs = {x}, outputs = {y}, states = {} }
