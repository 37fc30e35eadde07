-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: 1000000 steps
while true do end
