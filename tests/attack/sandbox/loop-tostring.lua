-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
tostring(setmetatable({}, { __tostring = function() while true do end end }))
