-- rnngen show model THIS
local T = dims("T")
local t = time("t", T)
local x = input("x", f32, {T})
local h, y = state("h", f32, {T}), state("y", f32, {T})
h[t] = x[t] + y[t+1]
y[t] = h[t] + y[t-1]
return model { name = "both", inputs = {x}, outputs = {h} }
