-- Computed inside, stored further out: a part of the workspace that the threads of a team share.
return function(m)
  local V = m.target.lanes
  m.h:split("i", "io", "ii", V):order("n", "io", "ii"):parallel("io"):vectorize("ii")
  m.c:compute_at(m.h, "io"):vectorize("i")
  m.a:compute_at(m.h, "io"):order("n", "k", "j", "g", "i"):unroll("g"):vectorize("i"):store_at(m.h, "n"):store_in("workspace")
  m.time:persistent { barrier = "flag" }
end
