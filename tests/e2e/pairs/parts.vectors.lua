return function(m)
  local V = m.target.lanes
  m.a:order("n", "j", "i"):vectorize("i", V)
  m.h:vectorize("i", V)
  m:recurrence("h"):persistent { barrier = "omp" }
end
