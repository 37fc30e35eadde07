return function(m)
  m.a:order("i", "t", "j")
  m.h:order("j", "t", "i")
end
