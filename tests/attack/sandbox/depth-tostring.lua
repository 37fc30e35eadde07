-- rnngen show model THIS
-- error[lua] THIS:3: C stack overflow
local mt = {} mt.__tostring = function(t) return tostring(setmetatable({}, mt)) end tostring(setmetatable({}, mt))
