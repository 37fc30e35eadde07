-- rnngen show schedule models/lstm.lua THIS --target generic
return function(m)
  m:target("avx2")
  m.h:vectorize("i", 8)
end
