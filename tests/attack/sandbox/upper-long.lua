-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:4: steps
local s = ('x'):rep(10000000)
while true do s:upper() end
