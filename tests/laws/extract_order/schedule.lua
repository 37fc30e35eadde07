return function(m)
  m.a:extract("e", "x")
end
