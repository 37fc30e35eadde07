-- Time inside the loops over elements for recurrences of several stages; in chunks, threads over elements, stores past the caches.
return function(m)
  local V = m.target.lanes
  m.re:split("i", "io", "ii", V):order("io", "n", "t", "ii"):vectorize("ii"):parallel("io"):store_in("stream")
  m.y:order("i", "n", "t"):parallel("i")
  m:recurrence("z"):scan { method = "sequential", chunk = 5 }
end
