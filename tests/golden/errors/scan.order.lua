-- rnngen show nest models/linear.lua THIS
return function(m)
  m.time:scan { chunk = 256 }
end
