return function(m)
  m.time:scan { method = "reduce-expand", chunk = 2 }
end
