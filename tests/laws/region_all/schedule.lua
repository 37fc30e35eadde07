return function(m)
  m.f:compute_at(m.y, "n")
end
