return function(m)
  m.f:compute_with(m.y, "n")
end
