-- rnngen show c models/rnn.lua THIS
return function(m)
  m:bound("M", 1, 64)
end
