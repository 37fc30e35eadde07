-- rnngen show c models/rnn.lua THIS
return function(m)
  m:bound("N", { multiple = 4 })
  m:bound("N", { max = 64 })
end
