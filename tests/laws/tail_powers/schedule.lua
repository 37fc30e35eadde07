return function(m)
  m.y:split("t", "to", "ti", 4, "guard")
  m.s:unroll("t"):compute_at(m.y, "to")
end
