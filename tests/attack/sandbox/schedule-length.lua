-- rnngen show schedule models/rnn.lua THIS --target generic --max-steps 1000000
-- error[argument] THIS:3: argument 1 is not a name
return function(m) m.h:order(setmetatable({}, { __len = function() return 1 << 60 end })) end
