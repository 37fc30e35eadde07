-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
(('('):rep(100000)):find('%b()')
