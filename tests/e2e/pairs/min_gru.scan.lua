-- Products for all steps, then a scan over short chunks; what is left over of a group of chunks runs one by one.
return function(m)
  local V = m.target.lanes
  m:math { reassoc = true }
  m.a:order("t", "n", "g", "k", "i"):vectorize("i")
  m.h:split("i", "io", "ii", 2 * V):order("io", "n", "t", "ii"):vectorize("ii")
  m.time:scan { chunk = 2 }
end
