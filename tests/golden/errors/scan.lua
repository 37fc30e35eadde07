-- rnngen show nest models/indrnn.lua THIS
return function(m)
  m:math { reassoc = true }
  m.time:scan()
end
