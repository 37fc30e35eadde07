-- rnngen show nest models/indrnn.lua THIS
return function(m)
  m:math { reassoc = true }
  m.h:extract("xw", "x")
  m.time:scan { chunk = 256 }
end
