-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
setmetatable({}, { __call = function() while true do end end })()
