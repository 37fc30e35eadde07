-- Sequences that start anew, each alone: what reads the state of before is a stage of the steps, too.
return function(m)
  local V = m.target.lanes
  for _, s in ipairs { m.h_before, m.h_before2 } do s:order("n", "t", "i"):vectorize("i", V):parallel("n") end
  m.h:split("i", "io", "ii", V):order("n", "t", "io", "k", "j", "ii"):vectorize("ii"):parallel("n")
end
