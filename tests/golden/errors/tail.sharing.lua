-- rnngen show c models/rnn.lua THIS
return function(m)
  m.h:split("i", "io", "ii", 24, "shift"):order("io", "n", "ii"):parallel("n", { schedule = "dynamic" })
end
