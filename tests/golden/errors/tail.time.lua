-- rnngen show c models/linear.lua THIS
return function(m)
  m.h:split("i", "io", "ii", 24, "shift"):order("n", "io", "t", "ii"):vectorize("ii")
end
