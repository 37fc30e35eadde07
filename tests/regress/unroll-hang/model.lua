-- parts of size one, unrolled: the tails of tails had no end
local T, N = dims("T", "N")
local D0 = dim("D0", 6)
local t = time("t", T)
local n, i0 = axes("n", "i0")
local x = input("x", f32, {T, N, D0})
local h8 = state("h8", f32, {T, N, D0})
h8[t][n][i0] = tanh(h8[t-1][n][i0]) + x[t][n][i0]
return model { name = "unroll_hang", inputs = {x}, outputs = {h8}, states = {} }
