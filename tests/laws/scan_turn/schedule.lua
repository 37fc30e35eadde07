return function(m)
  m:bound("T", { min = 40 })
  m:math { reassoc = true }
  m.time:scan { method = "one-pass", chunk = 6, block = 4 }
end
