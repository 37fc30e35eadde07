return function(m)
  m.s:compute_at(m.y, "n"):split("i", "io", "ii", 2, "shift"):order("n", "k", "io", "ii"):unroll("io"):unroll("ii")
  m.y:unroll("i")                                    -- so that s stays in registers, and its sums are built there
end
