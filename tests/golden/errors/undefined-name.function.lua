-- rnngen show model THIS
local T = dmi("T")
