-- rnngen show model THIS
local H = dim("H", 4)
local again = dim("H", 8)
