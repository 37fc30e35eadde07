-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
local mt = { __lt = function() while true do end end }
local x = setmetatable({}, mt) < setmetatable({}, mt)
