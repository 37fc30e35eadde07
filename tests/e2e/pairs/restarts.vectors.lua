return function(m)
  local V = m.target.lanes
  m.h:split("i", "io", "ii", V):order("io", "n", "k", "j", "ii"):vectorize("ii"):parallel("io")
  m.h_before:vectorize("i", V)
  m.time:persistent { barrier = "spin" }
end
