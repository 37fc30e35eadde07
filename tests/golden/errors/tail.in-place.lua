-- rnngen show c models/lstm.lua THIS
return function(m)
  m.c:split("i", "io", "ii", 24, "shift")
end
