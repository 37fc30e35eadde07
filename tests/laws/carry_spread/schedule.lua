return function(m)
  m.h:order("n", "i", "t")
end
