-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
(('a'):rep(1000)):find(('.-'):rep(10) .. 'b')
