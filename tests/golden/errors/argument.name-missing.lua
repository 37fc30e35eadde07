-- rnngen show model THIS
local T = dim()
