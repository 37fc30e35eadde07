-- rnngen show model THIS
-- error[budget] THIS:4: steps
local a, b = ('x'):rep(50000000), 'x'
b = b .. a:sub(2) while true do local e = a == b end
