-- rnngen show model THIS
-- error[lua] THIS:3: here
error('here', 1 << 30)
