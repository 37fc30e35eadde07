-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
('a'):gsub('a', function() while true do end end)
