-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps|memory
(('a'):rep(1000000)):gsub('', ('%1'):rep(100000))
