-- rnngen show schedule models/lstm.lua THIS
return function(m)
  m.h:parallel("i", { schedule = "dynamic", chunk = 0 })
end
