-- another constant is stored
local N = dims("N")
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {N, 5})
local y = func("y", f32, {N, 5})
local U = param("U", f32, {5, 5})
y[n][i] = U[0][i] + U[i][i] * x[n][i]
return model { name = "pack_reads", inputs = {x}, outputs = {y}, states = {} }
