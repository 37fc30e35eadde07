-- The textbook network, few sequences at a time: the input product outside time, four vectors of hidden units at a
-- time inside; the output layer afterwards, over tiles of steps.
return function(m)
  local V = m.target.lanes
  local team = m.dims.H >= 128
  local xu = m.a:extract("xu", "x")
     :split("t", "to", "ti", 6):split("i", "io", "ii", 2 * V)
     :order("io", "to", "n", "k", "ti", "ii"):unroll("ti"):vectorize("ii")
     :pack("U", "i/" .. 2 * V, "k", "i%" .. 2 * V)
  m.h:split("i", "io", "ii", 4 * V):order("io", "n", "ii"):vectorize("ii"):alternate("io")
  m.a:compute_at(m.h, "n"):order("n", "j", "i"):vectorize("i")
     :pack("W", "i/" .. 4 * V, "j", "i%" .. 4 * V)
  m.o:split("t", "to", "ti", 6):split("p", "po", "pi", 2 * V)
     :order("to", "po", "n", "j", "ti", "pi"):unroll("ti"):vectorize("pi")
     :pack("V", "p/" .. 2 * V, "j", "p%" .. 2 * V)
  m.e:split("v", "vo", "vi", V):vectorize("vi")
  m.y:split("v", "vo", "vi", V):vectorize("vi")
  if team then
    xu:parallel("io")
    m.h:parallel("io")
    m.o:parallel("to")
    m.time:persistent { barrier = "flag" }
  end
end
