-- rnngen show model THIS
-- error[lua] THIS:3: error with a nil
error()
