-- rnngen show nest tests/regress/chunk-again/model.lua THIS
return function(m)
  local time = m:recurrence("layer1.h3")
  time:chunk(8)
  m.y17:order("n", "t", "i0", "j0", "i1"):compute_at(time)
  m.y11:compute_at(m.y17, "n")
end
