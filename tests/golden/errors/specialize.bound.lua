-- rnngen show c models/rnn.lua THIS
return function(m)
  m:bound("N", { min = 4, multiple = 4 })
  m:specialize { N = 6 }
end
