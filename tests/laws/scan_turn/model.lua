-- the last steps of chunks that are lanes are left out
local T = dims("T")
local t = time("t", T)
local a, b = input("a", f32, {T}), input("b", f32, {T})
local h = state("h", f32, {T})
h[t] = a[t] * h[t-1] + b[t]
return model { name = "scan_turn", inputs = {a, b}, outputs = {h}, states = {h} }
