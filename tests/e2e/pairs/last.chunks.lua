-- Layers over a long time in a workspace that does not grow with it: chunks of each follow those of the one below.
return function(m)
  local V = m.target.lanes
  m:stage("layer1.h"):vectorize("i", V)
  if #m.recurrences > 1 then m:wavefront { chunk = 7 } else m.recurrences[1]:chunk(7) end
end
