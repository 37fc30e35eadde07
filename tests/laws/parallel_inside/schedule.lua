return function(m)
  m.y:parallel("n")
  m.f:compute_at(m.y, "n"):parallel("i")
end
