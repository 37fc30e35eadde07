-- rnngen show c models/rnn.lua THIS --set N=6
return function(m)
  m:bound("N", { multiple = 4 })
end
