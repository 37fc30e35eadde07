-- a split inside a split leaves terms over
local N = dims("N")
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {N, 5})
local U = param("U", f32, {12})
local y = func("y", f32, {N})
y[n] = sum(j, U[j] * x[n][0])
return model { name = "rfactor_parts", inputs = {x}, outputs = {y}, states = {} }
