return function(m)
  m.s:compute_at(m.y, "n"):split("i", "io", "ii", 2, "shift"):order("n", "k", "io", "ii"):unroll("io"):unroll("ii")
end
