-- rnngen show model THIS
os.remove("x")
