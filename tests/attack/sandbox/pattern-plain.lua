-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
(('a'):rep(100000)):find(('a'):rep(50000) .. 'b', 1, true)
