-- rnngen show schedule models/lstm.lua THIS
return function(m)
  m.h:parallel("i", { schedule = "static", chunk = 4 }):alternate("i")
end
