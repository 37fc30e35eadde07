-- rnngen models/lstm.lua THIS
return function(m)
  m.h:spilt("i", "io", "ii", 16):vectorize("ii")
  m.time:persist { barrier = "flag" }
  m.c:unroll("k")
end
