-- rnngen show nest models/lstm.lua THIS
return function(m)
  m.h:order("n", "t", "i")
  m.a:order("n", "t", "g", "i", "k", "j")
  m.c:compute_at(m.h, "n")
end
