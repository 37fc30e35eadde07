-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
scope('a', function() while true do end end)
