-- rnngen show nest models/qrnn.lua THIS
return function(m)
  m.a:pack("W", "i/8", "k", "g", "i%8")
  m.a:pack("b", "*", "i")
end
