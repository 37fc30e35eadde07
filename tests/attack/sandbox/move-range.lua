-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
table.move({}, 1, 1 << 60, 2)
