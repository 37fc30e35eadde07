-- The same directives as forwards: hoisted products, slices of units for each thread, vectors.
return function(m)
  local V = m.target.lanes
  local xw = m.a:extract("xw", "x"):split("t", "to", "ti", 3):split("i", "io", "ii", V)
     :order("io", "to", "n", "k", "ti", "ii"):unroll("ti"):vectorize("ii"):parallel("io")
  m.b:split("i", "io", "ii", V):order("io", "n", "ii"):vectorize("ii"):parallel("io")
  m.a:compute_at(m.b, "n"):order("n", "j", "i"):vectorize("i"):pack("V", "i/" .. V, "j", "i%" .. V)
  m.f:split("i", "io", "ii", V):order("n", "io", "k", "j", "ii"):vectorize("ii")
  m:recurrence("b"):persistent { barrier = "flag" }
end
