-- rnngen show schedule models/lstm.lua THIS --target host
return function(m)
  m.h:vectorize("i", m.target.lanes)
  m:target(m.target.name == "generic" and "avx2" or "generic")
end
