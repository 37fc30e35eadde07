-- A wave in which groups of threads share the slices of a layer: two layers at a time, also where there are more layers or threads.
return function(m)
  local V = m.target.lanes
  for k, layer in ipairs(m.layers) do
    layer.a:extract("xw", "W"):split("i", "io", "ii", V):order("io", "t", "n", "k", "g", "ii"):unroll("g"):vectorize("ii")
       :parallel("io"):compute_at(layer.time)
    layer.h:split("i", "io", "ii", V):order("io", "n", "ii"):vectorize("ii")
    if k % 2 == 1 then
      layer.h:parallel("io"):alternate("io")
    else
      layer.h:parallel("io", { schedule = "dynamic", chunk = 1 })
    end
    layer.c:compute_at(layer.h, "n"):vectorize("i")
    layer.a:compute_at(layer.h, "n"):order("n", "j", "g", "i"):unroll("g"):vectorize("i")
    layer.time:persistent { barrier = "spin" }
  end
  m:wavefront { chunk = 5, groups = 2 }
end
