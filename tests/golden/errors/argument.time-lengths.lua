-- rnngen show model THIS
local T, N = dims("T", "N")
local len = input("len", f32, {N})
local t = time("t", T, { lengths = len })
