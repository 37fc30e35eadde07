-- rnngen show schedule models/rnn.lua THIS --target generic --max-steps 1000000
-- error[budget] THIS:3: steps
return function(m) while true do end end
