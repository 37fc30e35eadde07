-- rnngen show model THIS
-- error[budget] THIS:4: steps
local a = ('x'):rep(10000000) local b = a .. 'y'
while true do local e = a < b end
