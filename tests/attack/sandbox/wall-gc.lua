-- rnngen show model THIS
-- error[sandbox] THIS:3: finalizers
setmetatable({}, { __gc = function() end })
