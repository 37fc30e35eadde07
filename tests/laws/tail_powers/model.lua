-- what is computed inside a loop over tiles is clipped, its host asks element by element
local T = dims("T")
local t, k = time("t", T), axis("k")
local x = input("x", f32, {T, 3})
local s = func("s", f32, {T})
local y = func("y", f32, {T})
s[t] = sum(k, x[t][k])
y[t] = s[t]
return model { name = "tail_powers", inputs = {x}, outputs = {y}, states = {} }
