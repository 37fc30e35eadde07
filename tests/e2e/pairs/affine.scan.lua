-- States of several numbers in chunks: one pass in blocks by a team of threads, reduce and expand; tiles narrow and wide.
return function(m)
  local V = m.target.lanes
  m:math { reassoc = true }
  m.re:split("i", "io", "ii", V):vectorize("ii")
  m:recurrence("re"):scan { method = "one-pass", chunk = 2, block = 4, overlap = true }:persistent()
  m.y:unroll("i")
  m:recurrence("y"):scan { method = "reduce-expand", chunk = 3 }
  m:recurrence("z"):scan { method = "one-pass", chunk = 3, block = 4, overlap = true }
end
