-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
while true do string.format('%99d%-99.99f', 1, 1e308) end
