-- rnngen show model THIS
T = dim("T")
