-- rnngen show schedule models/rnn.lua THIS --target generic
-- error[sandbox] THIS:3: protected
return function(m) setmetatable(m, {}) end
