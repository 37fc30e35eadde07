-- the axes of a sum trade places
local N = dims("N")
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {N, 5})
local U = param("U", f32, {5, 7})
local y = func("y", f32, {N})
y[n] = sum({j, k}, U[j][k] * x[n][j])
return model { name = "sum_axes", inputs = {x}, outputs = {y}, states = {} }
