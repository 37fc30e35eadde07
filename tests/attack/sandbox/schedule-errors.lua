-- rnngen show schedule models/rnn.lua THIS --target generic
-- error[budget] THIS:3: more than 1000 errors
return function(m) while true do m.h:split('nowhere', 'a', 'b', 2) end end
