-- rnngen show schedule models/lstm.lua THIS
return function(m)
  m.h:parallel("i", { schedule = "auto" })
  m.h:parallel("i", { schedule = "dynamic", size = 2 })
end
