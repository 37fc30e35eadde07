return function(m)
  m.a:order("n", "t", "i", "j")
  m.h:order("t", "n", "i")
end
