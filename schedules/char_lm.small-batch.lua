-- The character model, few texts at a time, on one thread: layers as in lstm.small-batch.lua, the dense layer over
-- tiles of steps.
return function(m)
  local V = m.target.lanes
  m.x:split("d", "do_", "di", V):vectorize("di")
  for _, layer in ipairs(m.layers) do
    layer.a:extract("xw", "W")
       :split("t", "to", "ti", 3):split("i", "io", "ii", V)
       :order("io", "to", "n", "k", "g", "ti", "ii")
       :unroll("ti", "g"):vectorize("ii")
       :pack("W", "i/" .. V, "k", "g", "i%" .. V)
    layer.h:split("i", "io", "ii", 2 * V):order("io", "n", "ii"):vectorize("ii"):alternate("io")
    layer.c:compute_at(layer.h, "n"):vectorize("i")
    layer.a:compute_at(layer.h, "n"):order("n", "j", "g", "i"):unroll("g"):vectorize("i")
       :pack("U", "i/" .. 2 * V, "j", "g", "i%" .. 2 * V)
  end
  m:stage("dense.o"):split("t", "to", "ti", 6):split("v", "vo", "vi", 2 * V)
     :order("vo", "to", "n", "j", "ti", "vi"):unroll("ti"):vectorize("vi")
     :pack("W", "v/" .. 2 * V, "j", "v%" .. 2 * V)
  m.e:split("v", "vo", "vi", V):vectorize("vi")
  m.y:split("v", "vo", "vi", V):vectorize("vi")
end
