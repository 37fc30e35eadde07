return function(m)
  m:math { reassoc = true }
  m.time:scan { method = "reduce-expand", chunk = 2 }
end
