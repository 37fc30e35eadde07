-- rnngen show nest models/lstm.lua THIS --set H=20
return function(m)
  local xw = m.a:extract("xw", "x")
  xw:split("t", "to", "ti", 3, "pad")
  xw:split("k", "ko", "ki", 3, "pad")
  xw:split("i", "io", "ii", 8):split("ii", "iio", "iii", 3, "pad")
end
