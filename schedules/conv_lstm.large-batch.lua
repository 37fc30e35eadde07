-- ConvLSTM, many sequences at a time: each thread takes sequences of its own, whole pictures of them, and waits for nobody.
-- No tile over n: windows end outside of the picture, so their sums are scalars, and sequences lie too far apart for vectors.
return function(m)
  local V = m.target.lanes
  m.a:extract("ax", "x"):order("n", "t", "g", "m", "y", "z", "c_in", "p", "q"):parallel("n")
  m.a:parallel("n")
  m.h:order("n", "m", "y", "z"):vectorize("z", V):parallel("n")
  m.c:compute_at(m.h, "zo"):vectorize("z")
  m.time:persistent { barrier = "flag" }
end
