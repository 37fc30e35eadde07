-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
local t = setmetatable({}, { __newindex = function() while true do end end }) t.a = 1
