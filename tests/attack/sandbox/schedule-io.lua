-- rnngen show schedule models/rnn.lua THIS --target generic
-- error[sandbox] THIS:3: 'io' of Lua
return function(m) io.open('x', 'w') end
