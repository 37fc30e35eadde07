-- The products and the output layer in chunks of time, with and without parallel loops.
return function(m)
  local V = m.target.lanes
  m.a:extract("xu", "x"):split("t", "to", "ti", 3):order("to", "n", "k", "ti", "i"):unroll("ti"):compute_at(m.time)
  m.h:split("i", "io", "ii", V):order("io", "n", "ii"):vectorize("ii"):parallel("io")
  m.o:split("t", "to", "ti", 2):order("to", "n", "j", "ti", "p"):unroll("ti"):parallel("to"):compute_at(m.time)
  m.e:compute_at(m.time)
  m.m:compute_at(m.time)
  m.time:chunk(5):persistent { barrier = "flag" }
end
