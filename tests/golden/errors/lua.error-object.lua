-- rnngen show model THIS
error({})
