-- rnngen show c models/rnn.lua THIS
return function(m)
  m.h:split("i", "io", "ii", 8, "shfit")
end
