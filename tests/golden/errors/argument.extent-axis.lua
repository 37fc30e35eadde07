-- rnngen show model THIS
local i = axis("i")
local x = input("x", f32, {i})
