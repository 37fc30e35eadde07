-- elements share a place
local N = dims("N")
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {N, 5})
local y = func("y", f32, {N})
local U = param("U", f32, {5})
y[n] = sum(j, U[j] * x[n][j])
return model { name = "pack_dims", inputs = {x}, outputs = {y}, states = {} }
