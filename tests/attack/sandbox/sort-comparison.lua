-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
table.sort({ 3, 1, 2 }, function() while true do end end)
