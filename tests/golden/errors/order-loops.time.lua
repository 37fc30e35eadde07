-- rnngen show nest models/lstm.lua THIS
return function(m)
  m.h:split("n", "no", "ni", 4):order("no", "t", "ni", "i")
  m.c:compute_at(m.h, "i")
end
