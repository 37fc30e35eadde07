-- rnngen show model THIS
-- error[lua] THIS:3: C stack overflow
local t = {} setmetatable(t, { __index = function(t, k) return t[k + 1] end }) local x = t[1]
