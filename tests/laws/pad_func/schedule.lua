return function(m)
  m.q:split("i", "io", "ii", 2, "pad")
end
