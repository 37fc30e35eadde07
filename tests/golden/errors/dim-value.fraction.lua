-- rnngen show model THIS
local H = dim("H", 2.5)
