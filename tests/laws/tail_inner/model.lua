-- parts of parts that do not divide
local N = dims("N")
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {N, 5})
local U = param("U", f32, {20})
local y = func("y", f32, {N, 20})
y[n][i] = U[i] + x[n][0]
return model { name = "tail_inner", inputs = {x}, outputs = {y}, states = {} }
