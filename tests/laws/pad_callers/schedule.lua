return function(m)
  m.y:split("i", "io", "ii", 2, "pad")
end
