-- Rows by hand: more than are read, a power of two of them; as many as are read; of a chunk and of single steps.
return function(m)
  local V = m.target.lanes
  m.a:extract("xu", "x"):split("t", "to", "ti", 3):order("to", "n", "k", "ti", "i"):unroll("ti"):compute_at(m.time)
     :fold_storage("t", 8)
  m.a:fold_storage("t", 4)
  m.h:split("i", "io", "ii", V):order("io", "n", "ii"):vectorize("ii"):parallel("io"):fold_storage("t", 6)
  m.o:parallel("n"):compute_at(m.time):fold_storage("t", 7)
  m.e:compute_at(m.time)
  m.m:compute_at(m.time)
  m.time:chunk(5):persistent { barrier = "flag" }
end
