-- Whole tiles of 16 units, whatever their number: the input product and the sums of a step lie in storage of as many as the tiles
-- hold, what the caller sees has no more than there are.
return function(m)
  m.a:extract("xw", "x"):split("i", "io", "ii", 16, "pad"):order("io", "t", "n", "k", "g", "ii"):unroll("g"):vectorize("ii")
     :pack("W", "i/16", "k", "g", "i%16"):parallel("io")
  m.h:split("i", "io", "ii", 16, "mask"):order("io", "n", "ii"):vectorize("ii"):parallel("io")
  m.c:compute_at(m.h, "n"):split("i", "co", "ci", 16, "mask"):vectorize("ci")
  m.a:compute_at(m.h, "n"):split("i", "ao", "ai", 16, "pad"):order("n", "ao", "j", "g", "ai"):unroll("g"):vectorize("ai")
  m.time:persistent { barrier = "flag" }
end
