return function(m)
  m.h:order("n", "k", "i")
end
