-- rnngen show c models/rnn.lua THIS
return function(m)
  m:specialize { N = 1 }
  m:bound("N", { multiple = 4 })
end
