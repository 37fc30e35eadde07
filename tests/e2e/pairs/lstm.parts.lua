-- Loops that hand out parts: evenly at first, then as threads ask for them, and in turn.
return function(m)
  m.a:extract("xw", "x")
     :order("t", "i", "n", "k", "g"):unroll("g"):parallel("t", { schedule = "guided" })
  m.h:split("i", "io", "ii", 8):order("io", "n", "ii"):parallel("io", { schedule = "dynamic", chunk = 2 })
  m.c:split("i", "io", "ii", 8):order("io", "n", "ii"):parallel("io", { schedule = "static", chunk = 2 })
  m.a:split("i", "io", "ii", 8):order("io", "n", "ii", "j", "g"):unroll("g"):parallel("io", { schedule = "static", chunk = 2 })
  m.time:persistent { barrier = "flag" }
end
