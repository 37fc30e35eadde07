return function(m)
  m.a:order("i", "t", "n", "j")
  m.h:order("i", "t", "n")
end
