-- rnngen show model THIS
scope("layer1")
