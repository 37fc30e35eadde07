-- Sequences and slices of the state as one parallel loop; the product over sequences and rows of one.
return function(m)
  m.a:extract("xw", "x")
     :order("t", "n", "g", "i", "k"):fuse("g", "i", "row"):split("row", "ro", "ri", 6):parallel("ro")
  m.h:split("i", "io", "ii", 16):order("n", "io", "ii"):fuse("n", "io", "s"):vectorize("ii"):parallel("s")
  m.c:compute_at(m.h, "s"):vectorize("i")
  m.a:compute_at(m.h, "s"):order("n", "j", "g", "i"):unroll("g"):vectorize("i")
     :pack("U", "i/16", "j", "g", "i%16")
  m.time:persistent { barrier = "spin" }
end
