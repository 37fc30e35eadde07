return function(m)
  m.y:parallel("n")
  m.y:parallel("i")
end
