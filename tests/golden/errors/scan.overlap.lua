-- rnngen show nest models/linear.lua THIS
return function(m)
  m:math { reassoc = true }
  m.time:scan { method = "reduce-expand", overlap = true }
end
