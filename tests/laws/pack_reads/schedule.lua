return function(m)
  m.y:pack("U", "0", "i")
end
