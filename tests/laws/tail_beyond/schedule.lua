return function(m)
  m:wavefront { chunk = 3 }
  m.f:compute_at(m.recurrences[1])
  m.f:unroll("t")
end
