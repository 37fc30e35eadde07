-- rnngen show nest models/linear.lua THIS
return function(m)
  m.h:split("i", "io", "ii", 4):order("n", "t", "io", "ii"):vectorize("ii")
  m:math { reassoc = true }
  m.time:scan { chunk = 64 }
end
