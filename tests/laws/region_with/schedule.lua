return function(m)
  m.g:compute_with(m.f, "i")
  m.f:compute_at(m.y, "n")
end
