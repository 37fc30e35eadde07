return function(m)
  m.y:order("i", "n")
  m.f:compute_at(m.y, "i")
end
