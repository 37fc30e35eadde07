-- rnngen show nest models/lstm.lua THIS --set H=20
return function(m)
  m.a:extract("xw", "x"):split("i", "io", "ii", 8, "pad"):pack("W", "i/3", "k", "g", "i%3")
end
