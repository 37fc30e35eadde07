-- rnngen show model THIS
-- error[sandbox] THIS:3: metatable of a value
setmetatable(f32, {})
