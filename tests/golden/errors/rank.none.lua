-- rnngen show model THIS
local a = func("a", f32, {})
