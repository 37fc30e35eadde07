return function(m)
  m.h5:split("i1", "i1o", "i1i", 2)
  m.h5:parallel("i1o")
  m.a4:compute_at(m.h5, "i1o")
  m.time:persistent { barrier = "flag" }
end
