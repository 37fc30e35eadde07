return function(m)
  m.y:split("i", "io", "ii", 4, "shift")
end
