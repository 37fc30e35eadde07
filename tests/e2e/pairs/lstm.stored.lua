-- Places by hand: the gates in registers, more rows than a chunk needs.
return function(m)
  local V = m.target.lanes
  m.a:extract("xw", "x"):compute_at(m.time):order("t", "n", "g", "k", "i"):fold_storage("t", 8)
  m.h:split("n", "no", "ni", 2):split("i", "io", "ii", V):order("no", "ni", "io", "ii"):parallel("no"):vectorize("ii")
  m.c:compute_at(m.h, "io"):vectorize("i")
  m.a:compute_at(m.h, "io"):order("n", "j", "g", "i"):unroll("g"):vectorize("i"):store_in("registers")
  m.time:chunk(5):persistent { barrier = "flag" }
  m.weights:store_in("huge-pages")
end
