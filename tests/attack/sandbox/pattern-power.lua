-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
(('a'):rep(100)):find(('a*'):rep(20) .. 'b')
