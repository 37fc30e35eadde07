return function(m)
  m.time:persistent { barrier = "omp" }
  m.a:order("n", "i", "j"):parallel("i")
  m.h:order("n", "i", "j"):parallel("j")
end
