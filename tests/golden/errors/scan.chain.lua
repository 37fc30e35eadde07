-- rnngen show nest models/lstm.lua THIS
return function(m)
  m:math { reassoc = true }
  m.time:scan { chunk = 256 }
end
