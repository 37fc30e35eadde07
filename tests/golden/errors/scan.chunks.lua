-- rnngen show nest models/linear.lua THIS
return function(m)
  m:math { reassoc = true }
  m.time:chunk(96):scan { chunk = 256 }
end
