-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
table.concat({}, '', 1, 1 << 60)
