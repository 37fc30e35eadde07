-- rnngen show schedule models/rnn.lua THIS --target generic --max-declarations 100
-- error[budget] THIS:3: 100 dims
return function(m) for i = 1, 1 << 60 do m.h:compute_root() end end
