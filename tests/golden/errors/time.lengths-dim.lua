-- rnngen show model THIS
local T, N = dims("T", "N")
local len = input("len", i32, {N})
local t = time("t", T, { lengths = len })
local x = input("x", f32, {T})
local h = state("h", f32, {T})
h[t] = tanh(x[t] + h[t-1])
return model { name = "ragged", inputs = {x, len}, outputs = {h} }
