-- rnngen show nest models/linear.lua THIS
return function(m)
  m.h:split("i", "io", "ii", 4):order("n", "t", "io", "ii"):vectorize("ii")
  m.time:scan { method = "sequential" }
end
