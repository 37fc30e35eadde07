-- LSTM, many sequences at a time: both products run over tiles of six sequences and two vectors of hidden units;
-- the gates of a tile stay in a small array until c and h are made.
return function(m)
  local V = m.target.lanes
  local rows = m.target.registers >= 32 and 8 or 6
  m.a:extract("xw", "x")
     :split("n", "no", "ni", rows):split("i", "io", "ii", 2 * V)
     :order("io", "g", "t", "no", "k", "ni", "ii")
     :unroll("ni"):vectorize("ii"):parallel("io")
     :pack("W", "i/" .. 2 * V, "g", "k", "i%" .. 2 * V)
  m.h:split("n", "no", "ni", rows):split("i", "io", "ii", 2 * V):order("io", "no", "ni", "ii")
     :vectorize("ii"):parallel("io")
  m.c:compute_at(m.h, "no"):vectorize("i")
  m.a:compute_at(m.h, "no"):order("g", "j", "n", "i"):unroll("n"):vectorize("i")
     :pack("U", "i/" .. 2 * V, "g", "j", "i%" .. 2 * V)
  m.time:persistent { barrier = "flag" }
end
