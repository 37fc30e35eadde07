-- rnngen show model THIS
local H = dim("H", 0)
