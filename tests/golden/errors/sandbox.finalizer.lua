-- rnngen show model THIS
setmetatable({}, { __gc = function() end })
