return function(m)
  m.time:persistent { barrier = "omp" }
  m.a:split("j", "jo", "ji", 3):parallel("jo")
  m.h:parallel("i")
end
