-- rnngen show model THIS
local T, N = dims("T", "N")
local len = input("len", i32, {N})
local t = time("t", T, { length = len })
