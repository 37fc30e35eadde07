-- rnngen show c models/rnn.lua THIS
return function(m)
  for n = 1, 9 do m:specialize { N = n } end
end
