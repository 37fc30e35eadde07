return function(m)
  m.a:parallel("i")
  m.h:parallel("i", { schedule = "static", chunk = 1 })
  m.time:persistent { barrier = "flag" }
end
