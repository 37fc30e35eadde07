-- rnngen show c models/rnn.lua THIS
return function(m)
  m:bound("N", { max = 15, multiple = 16 })
end
