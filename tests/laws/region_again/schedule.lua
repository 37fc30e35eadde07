return function(m)
  m.f:compute_at(m.y, "i")
  m.y:parallel("i")
end
