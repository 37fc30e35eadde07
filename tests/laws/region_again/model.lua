-- all threads compute what is kept
local N = dims("N")
local n, i, j, k = axes("n", "i", "j", "k")
local x = input("x", f32, {N, 5})
local f = func("f", f32, {N})
local y = func("y", f32, {N, 5})
f[n] = 2 * x[n][0]
y[n][i] = f[n] + x[n][i]
return model { name = "region_again", inputs = {x}, outputs = {y, f}, states = {} }
