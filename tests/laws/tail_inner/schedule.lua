return function(m)
  m.y:split("i", "io", "ii", 6):split("io", "a", "b", 3):unroll("ii")
end
