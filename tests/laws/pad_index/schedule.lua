return function(m)
  m.p:split("i", "io", "ii", 2, "pad")
end
