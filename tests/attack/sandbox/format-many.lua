-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:4: steps
local s = ('x'):rep(1000000)
while true do string.format('%s%s', s, '') end
