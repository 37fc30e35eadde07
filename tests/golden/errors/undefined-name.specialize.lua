-- rnngen show c models/rnn.lua THIS
return function(m)
  m:specialize { n = 1 }
end
