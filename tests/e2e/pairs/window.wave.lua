-- Layers that read ahead follow two diagonals behind each other, which the wave finds out by itself; groups share their units. What
-- needs all steps of them comes after.
return function(m)
  for _, s in ipairs { m.h, m.g, m.f, m.z } do s:parallel("i") end
  for _, r in ipairs(m.recurrences) do r:persistent { barrier = "flag" } end
  m:wavefront { chunk = 3, recurrences = { "h", "g", "f" } }
end
