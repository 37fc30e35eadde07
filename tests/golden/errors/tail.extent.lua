-- rnngen show c models/rnn.lua THIS
return function(m)
  m.h:split("n", "no", "ni", 4, "shift")
end
