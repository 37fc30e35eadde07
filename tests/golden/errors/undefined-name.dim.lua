-- rnngen models/lstm.lua THIS
return function(m)
  m.h:split("i", "io", "ii", m.dims.X2 * 2)
end
