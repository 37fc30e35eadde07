return function(m)
  m.a:alternate("j")
end
