-- Layers that all run backwards, on diagonals; two groups for three layers.
return function(m)
  for k, layer in ipairs(m.layers) do
    layer.h:split("i", "io", "ii", 8):parallel("io"):vectorize("ii")
    layer.c:split("i", "io", "ii", 8):parallel("io"):vectorize("ii")
    layer.a:extract("xw", "W"):parallel("i"):compute_at(layer.time)
    layer.time:persistent { barrier = "spin" }
  end
  m:wavefront { chunk = 3, groups = 2 }
end
