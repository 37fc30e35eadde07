-- rnngen show schedule models/lstm.lua THIS
return function(m)
  local B = knob("B", 1.5, { 8, 16 })
end
