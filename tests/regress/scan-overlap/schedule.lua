return function(m)
  m:math { reassoc = true }
  m.h:vectorize("i")
  m:recurrence("h"):scan { method = "one-pass", chunk = 2, block = 4, overlap = true }:persistent { barrier = "flag" }
  m.y:split("k", "ko", "ki", m.target.lanes):vectorize("ki"):store_in("stream")
  m:recurrence("y"):scan { method = "one-pass", chunk = 2, block = 4, overlap = true }:persistent { barrier = "flag" }
end
