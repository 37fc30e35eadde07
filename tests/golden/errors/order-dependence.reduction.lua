-- rnngen show nest models/lstm.lua THIS
return function(m)
  m.a:order("n", "j", "t", "g", "i", "k")
end
