return function(m)
  m.c:split("i", "io", "ii", 2, "shift")
end
