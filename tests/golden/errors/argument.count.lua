-- rnngen show model THIS
local T = dim("T")
local y = tanh(T, T)
