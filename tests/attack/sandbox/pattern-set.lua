-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
(('a'):rep(10000)):find('[' .. ('b'):rep(10000) .. ']')
