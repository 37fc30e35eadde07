return function(m)
  m.time:persistent { barrier = "omp" }
  m.a:parallel("i", { schedule = "static", chunk = 1 })
  m.h:parallel("i", { schedule = "static", chunk = 2 })
end
