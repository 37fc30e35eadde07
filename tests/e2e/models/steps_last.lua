-- An input whose steps lie next to each other, and a number made of the step.
local T = dims("T")
local D = dim("D", 12)
local t, i = time("t", T), axis("i")
local x = input("x", f32, {D, T})
local h = state("h", f32, {T, D})
local y = func("y", f32, {T, D})
h[t][i] = tanh(x[i][t] + 0.5 * h[t-1][i])
y[t][i] = h[t][i] + 0.125 * t
return model { name = "steps_last", inputs = {x}, outputs = {y}, states = {h} }
