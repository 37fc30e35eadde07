-- rnngen show c models/rnn.lua THIS
return function(m)
  m.a:split("j", "jo", "ji", 24, "shift")
end
