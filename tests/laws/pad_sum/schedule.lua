return function(m)
  m.p:split("k", "ko", "ki", 2, "pad")
end
