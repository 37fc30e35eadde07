-- One step of one sequence, one sequence, many: the same schedule is lowered for each, and tails and loops of one iteration are
-- gone where they are not needed.
return function(m)
  local V = m.target.lanes
  m:specialize { N = 1, T = 1 }
  m:specialize { N = 1 }
  local xw = m.a:extract("xw", "x"):split("t", "to", "ti", 3):split("i", "io", "ii", V):order("io", "to", "n", "k", "g", "ti", "ii")
     :unroll("ti", "g"):vectorize("ii"):pack("W", "i/" .. V, "k", "g", "i%" .. V):parallel("io")
  m.h:split("i", "io", "ii", V):split("n", "no", "ni", 3):order("io", "no", "ni", "ii"):unroll("ni"):vectorize("ii"):parallel("io")
  m.c:compute_at(m.h, "no"):order("n", "i"):vectorize("i")
  m.a:compute_at(m.h, "no"):order("n", "j", "g", "i"):unroll("g"):vectorize("i"):pack("U", "i/" .. V, "j", "g", "i%" .. V)
  m.time:persistent { barrier = "flag" }
end
