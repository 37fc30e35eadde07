return function(m)
  m:wavefront { chunk = 2 }
  m.h:parallel("n")
end
