-- Without a team for the whole sequence: each loop forks, and hands out parts.
return function(m)
  m.h:split("i", "io", "ii", 4):order("n", "io", "ii"):parallel("io", { schedule = "dynamic" })
  m.a:split("i", "io", "ii", 4):order("n", "io", "k", "j", "ii"):unroll("ii"):parallel("io", { schedule = "static", chunk = 3 })
  m.o:parallel("t", { schedule = "guided", chunk = 2 })
end
