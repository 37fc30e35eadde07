-- Lanes whose distance is not known before the run; a step counted from the chunk's first.
return function(m)
  m.h:vectorize("i")
  m.y:compute_at(m.time)
  m.time:chunk(4)
end
