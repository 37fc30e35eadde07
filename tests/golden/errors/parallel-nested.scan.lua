-- rnngen show nest models/linear.lua THIS
return function(m)
  m:math { reassoc = true }
  m.h:split("i", "io", "ii", 4):order("io", "n", "t", "ii"):vectorize("ii"):parallel("io")
  m.time:scan { chunk = 256 }
end
