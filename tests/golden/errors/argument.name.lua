-- rnngen show model THIS
local T = dim("2T")
