-- rnngen show model THIS
-- error[lua] THIS:3: error with a table
error(setmetatable({}, { __tostring = function() while true do end end }))
