-- Time inside the loop over units: each thread runs all steps of its slice, the state in registers; in chunks.
return function(m)
  local V = m.target.lanes
  m.z:compute_at(m.time):vectorize("i", V)
  m.h:split("i", "io", "ii", V):order("io", "n", "t", "ii"):vectorize("ii"):parallel("io")
  m.time:chunk(4):persistent { barrier = "spin" }
end
