-- rnngen show model THIS
local T = dims("T")
local t = time("t", T)
local x = input("x", f32, {T})
local h = state("h", f32, {T})
h[t] = tanh(x[t+1] + h[t-1])
return model { name = "ahead", inputs = {x}, outputs = {h} }
