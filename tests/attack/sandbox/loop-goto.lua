-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:4: steps
::again::
goto again
