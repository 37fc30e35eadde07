-- Batch slices: each thread runs the whole sequence for its own sequences, without a barrier; inputs in chunks of time.
return function(m)
  local V = m.target.lanes
  m.a:extract("xw", "x"):split("t", "to", "ti", 3):order("to", "n", "g", "k", "ti", "i"):unroll("ti"):vectorize("i", V):compute_at(m.time)
  m.h:split("n", "no", "ni", 3):split("i", "io", "ii", 2 * V)
     :order("no", "t", "io", "ni", "ii"):parallel("no"):vectorize("ii"):alternate("io")
  m.c:compute_at(m.h, "ni"):vectorize("i")
  m.a:compute_at(m.h, "ni"):order("n", "j", "g", "i"):unroll("g"):vectorize("i")
     :pack("U", "i/" .. 2 * V, "j", "g", "i%" .. 2 * V)
  m.time:chunk(5):persistent { barrier = "flag" }
end
