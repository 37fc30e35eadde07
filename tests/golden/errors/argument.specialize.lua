-- rnngen show c models/rnn.lua THIS
return function(m)
  m:specialize { N = "one" }
end
