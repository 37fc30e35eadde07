-- LSTM, few sequences at a time: one team of threads for the whole sequence, each keeps its slice of the weights
-- in its own cache; four gates of 16 hidden units accumulate in registers.
return function(m)
  local V = m.target.lanes
  m.a:extract("xw", "x")                                  -- the input product becomes a stage outside time
     :split("t", "to", "ti", 3):split("i", "io", "ii", V)
     :order("io", "to", "n", "k", "g", "ti", "ii")
     :unroll("ti", "g"):vectorize("ii"):parallel("io")
     :pack("W", "i/" .. V, "k", "g", "i%" .. V)
  m.h:split("i", "io", "ii", 2 * V):order("io", "n", "ii"):vectorize("ii"):parallel("io")
  m.c:compute_at(m.h, "n"):vectorize("i")
  m.a:compute_at(m.h, "n"):order("n", "j", "g", "i"):unroll("g"):vectorize("i")
     :pack("U", "i/" .. 2 * V, "j", "g", "i%" .. 2 * V)
  m.time:persistent { barrier = "flag" }
end
