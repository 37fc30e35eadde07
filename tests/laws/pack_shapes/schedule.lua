return function(m)
  m.y:pack({"U", "V"}, "*", "tensor", "i")
end
