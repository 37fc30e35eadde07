-- rnngen show model THIS
-- error[lua] THIS:3: loop
local t = {} setmetatable(t, { __index = t }) local x = t.a
