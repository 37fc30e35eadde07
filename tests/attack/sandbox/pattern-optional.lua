-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
(('a'):rep(40)):match(('a?'):rep(40) .. ('a'):rep(40) .. 'b')
