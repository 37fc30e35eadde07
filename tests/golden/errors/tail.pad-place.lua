-- rnngen show nest tests/laws/pad_region/model.lua THIS
return function(m)
  m.p:compute_at(m.y, "n"):split("k", "ko", "ki", 4, "pad")
end
