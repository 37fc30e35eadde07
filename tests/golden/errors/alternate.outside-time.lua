-- rnngen show nest models/linear.lua THIS
return function(m)
  m.h:split("i", "io", "ii", 4):order("n", "io", "t", "ii"):vectorize("ii"):alternate("io")
end
