-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
local t = setmetatable({}, { __index = function(t, k) while true do end end }) local x = t.a
