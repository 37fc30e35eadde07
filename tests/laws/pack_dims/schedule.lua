return function(m)
  m.y:pack("U", "j%2")
end
