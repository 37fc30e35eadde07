-- rnngen models/lstm.lua THIS
return function(m)
  m.h:split("i", "io", "ii", 16)
  m.h.vectorize("ii")
end
