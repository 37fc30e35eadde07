-- ConvLSTM, many sequences at a time: as for few, but each thread takes sequences of its own, whole pictures of them, and waits
-- for nobody. No tile over n: windows end outside of the picture, and sequences lie too far apart for vectors.
return function(m)
  local V = m.target.lanes
  local mo, mi = "m/" .. V, "m%" .. V
  m.a:split("m", "mo", "mi", V):split("z", "zo", "zi", 2)
   :order("n", "mo", "y", "zo", { "c_in", "p", "q" }, { "h_in", "p_2", "q_2" }, "zi", "g", "mi"):unroll("zi", "g"):vectorize("mi")
   :pack("a", "t", "n", mo, "y", "z", "g", mi):pack("W", mo, "c_in", "p", "q", "g", mi):pack("U", mo, "h_in", "p", "q", "g", mi)
   :parallel("n")
  m.h:order("n", "m", "y", "z"):vectorize("z", V):parallel("n")
  m.c:compute_at(m.h, "zo"):vectorize("z")
  m.time:persistent { barrier = "flag" }
end
