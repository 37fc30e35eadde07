-- rnngen show model THIS
local T, N = dims("T", "N"
return 1
