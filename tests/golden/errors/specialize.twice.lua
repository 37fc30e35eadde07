-- rnngen show c models/rnn.lua THIS
return function(m)
  m:specialize { N = 1 }
  m:specialize { N = 1, T = 1 }
end
