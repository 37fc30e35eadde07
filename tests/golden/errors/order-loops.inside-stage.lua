-- rnngen show nest models/lstm.lua THIS
return function(m)
  m.h:order("n", "t", "i")
  m.a:order("n", "t", "g", "i", "k", "j")
  m.c:order("n", "t", "i"):compute_at(m.h, "i")
end
