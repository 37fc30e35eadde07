-- rnngen show model THIS --set H=9999999999
local H = dim("H", 4)
