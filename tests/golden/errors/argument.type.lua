-- rnngen show model THIS
local x = input("x", "f32", {dim("X", 3)})
