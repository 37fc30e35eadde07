-- A stack of LSTM layers, one after another, each as in lstm.small-batch.lua; for any number of layers.
return function(m)
  local V = m.target.lanes
  local team = m.dims.H >= 64
  for _, layer in ipairs(m.layers) do
    local xw = layer.a:extract("xw", "W")
       :split("t", "to", "ti", 3):split("i", "io", "ii", V)
       :order("io", "to", "n", "k", "g", "ti", "ii")
       :unroll("ti", "g"):vectorize("ii")
       :pack("W", "i/" .. V, "k", "g", "i%" .. V)
    layer.h:split("i", "io", "ii", 2 * V):order("io", "n", "ii"):vectorize("ii"):alternate("io")
    layer.c:compute_at(layer.h, "n"):vectorize("i")
    layer.a:compute_at(layer.h, "n"):order("n", "j", "g", "i"):unroll("g"):vectorize("i")
       :pack("U", "i/" .. 2 * V, "j", "g", "i%" .. 2 * V)
    if team then
      xw:parallel("io")
      layer.h:parallel("io")
      layer.time:persistent { barrier = "flag" }
    end
  end
end
