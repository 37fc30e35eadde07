-- rnngen show c models/rnn.lua THIS
return function(m)
  m.a:split("i", "io", "ii", 24, "shift"):order("n", "k", "j", "io", "ii")
end
