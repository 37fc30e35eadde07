return function(m)
  m.y:parallel("j")
end
