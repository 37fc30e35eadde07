-- rnngen show model THIS
-- error[budget] THIS:4: steps
local a = ('1'):rep(10000000)
while true do tonumber(a) end
