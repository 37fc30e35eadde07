-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
for k in function() return 1 end do end
