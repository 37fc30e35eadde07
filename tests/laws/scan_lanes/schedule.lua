return function(m)
  m:target("avx2")
  m:bound("T", { min = 80 })
  m:math { reassoc = true }
  m.time:scan { method = "one-pass", chunk = 8, block = 4 }
end
