-- rnngen show c models/rnn.lua THIS
return function(m)
  m:specialize { H = 256 }
  m:specialize { N = 0 }
  m:specialize {}
end
