return function(m)
  m.h:split("x", "xo", "xi", m.target.lanes):order("n", "o", "y", "xo", "c", "p", "q", "d", "p_2", "q_2", "xi"):vectorize("xi"):parallel("n")
  m.time:persistent { barrier = "flag" }
end
