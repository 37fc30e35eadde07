-- rnngen show nest models/linear.lua THIS
return function(m)
  m.time:scan { method = "one-pass", overlap = 1 }
end
