return function(m)
  m.y:split("k", "ko", "ki", 3, "shift")
end
