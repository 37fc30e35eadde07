-- rnngen show model THIS
-- error[budget] THIS:3: 100000000 steps
while true do end
