-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
(('a'):rep(100000)):gsub('(a-)b', '%1')
