-- rnngen show schedule models/rnn.lua THIS --target generic --max-steps 1000000
-- error[argument] THIS:3: too many names
return function(m) m.h:order(setmetatable({}, { __len = function() return 1 << 60 end, __index = function() return 'n' end })) end
