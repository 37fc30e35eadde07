-- Partial maxima, which need no leave; sums of a few terms as a tree; what a split leaves over.
return function(m)
  m.best_max:split("k", "ko", "ki", 8):rfactor("ki", "v"):order("n", "ko", "v"):vectorize("v")
  m.best_max:unroll("v")
  m.best:split("k", "ko", "ki", 5):rfactor("ko", "v")
  m:math { reassoc = true }
  m.z:rfactor("q", "v")
  m.z:unroll("v")
  m.total:split("s", "so", "si", 4):rfactor("si", "v"):order("n", "so", "v"):vectorize("v")
  m.total:unroll("v")
end
