-- rnngen show nest models/linear.lua THIS
return function(m)
  m:math { reassoc = true }
  m.time:scan { method = "one-pass", chunk = 64, block = 6 }
end
