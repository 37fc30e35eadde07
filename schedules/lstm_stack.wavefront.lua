-- A stack of LSTM layers on diagonals: while one thread computes steps 24 to 47 of layer 1, another computes steps 0 to 23 of
-- layer 2. With as many threads as layers, or fewer, a barrier a diagonal, none a step; more threads share the slices of a layer in groups.
return function(m)
  local V = m.target.lanes
  for _, layer in ipairs(m.layers) do
    layer.a:extract("xw", "W")
       :split("t", "to", "ti", 3):split("i", "io", "ii", V)
       :order("io", "to", "n", "k", "g", "ti", "ii")
       :unroll("ti", "g"):vectorize("ii"):parallel("io")
       :pack("W", "i/" .. V, "k", "g", "i%" .. V)
       :compute_at(layer.time)
    layer.h:split("i", "io", "ii", 2 * V):order("io", "n", "ii"):vectorize("ii"):parallel("io"):alternate("io")
    layer.c:compute_at(layer.h, "n"):vectorize("i")
    layer.a:compute_at(layer.h, "n"):order("n", "j", "g", "i"):unroll("g"):vectorize("i")
       :pack("U", "i/" .. 2 * V, "j", "g", "i%" .. 2 * V)
    layer.time:persistent { barrier = "flag" }
  end
  m:wavefront { chunk = knob("chunk", 24, { 6, 12, 24, 48, 96 }) }
end
