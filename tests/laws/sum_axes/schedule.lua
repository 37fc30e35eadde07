return function(m)
  m.y:order("n", "k", "j")
end
