return function(m)
  m:bound("T", { min = 60 })
  m:specialize { N = 1 }
  m:math { reassoc = true }
  m.re:unroll("i")
  m.g:order("n", "t", "j"):unroll("j"):store_in("stream")
  m:recurrence("re"):scan { method = "one-pass", chunk = 4, block = 16 }:persistent()
  m:recurrence("g"):scan { method = "reduce-expand", chunk = 16 }
end
