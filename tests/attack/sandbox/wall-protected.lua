-- rnngen show model THIS
-- error[sandbox] THIS:4: protected
local t = setmetatable({}, { __metatable = false })
setmetatable(t, {})
