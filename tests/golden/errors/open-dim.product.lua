-- rnngen show model THIS
local T, N = dims("T", "N")
local t, n = time("t", T), axis("n")
local x, y = input("x", f32, {T * N}), func("y", f32, {T, N})
y[t][n] = x[0]
return model { name = "m", inputs = {x}, outputs = {y} }
