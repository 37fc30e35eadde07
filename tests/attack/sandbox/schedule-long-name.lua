-- rnngen show schedule models/rnn.lua THIS --target generic
-- error[no-stage] THIS:3: no stage
return function(m) local x = m[('x'):rep(100000)] end
