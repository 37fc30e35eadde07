return function(m)
  m.a:compute_at(m.h, "n"):store_in("stack")
  m.b:compute_at(m.h, "n"):parallel("i")
  m.time:persistent { barrier = "flag" }
end
