-- rnngen show schedule models/lstm.lua THIS
return function(m)
  m.h:vectorize("i", m.target.lane)
end
