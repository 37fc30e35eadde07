-- Chunks as lanes of vectors: two values a step, three, four past the caches; in blocks, and over the whole sequence.
return function(m)
  m:math { reassoc = true }
  m.re:unroll("i")
  m.g:unroll("j")
  m.h:vectorize("k"):store_in("stream")
  m:recurrence("re"):scan { method = "one-pass", chunk = 4, block = 16 }:persistent()
  m:recurrence("g"):scan { method = "reduce-expand", chunk = 8 }
  m:recurrence("h"):scan { method = "one-pass", chunk = 4, block = 8 }:persistent { barrier = "spin" }
end
