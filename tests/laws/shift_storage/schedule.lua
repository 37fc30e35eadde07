return function(m)
  m.y:split("i", "io", "ii", 2, "shift"):order("t", "n", "k", "io", "ii")
end
