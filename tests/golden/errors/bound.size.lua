-- rnngen check models/rnn.lua THIS --set N=6
return function(m)
  m:bound("N", { min = 4, multiple = 4 })
end
