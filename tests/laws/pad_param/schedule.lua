return function(m)
  m.p:split("i", "io", "ii", 2, "pad"):pack("W", "i/3", "i%3")
end
