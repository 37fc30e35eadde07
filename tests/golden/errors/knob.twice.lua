-- rnngen show schedule models/lstm.lua THIS
return function(m)
  local B, C = knob("B", 8, { 8, 16 }), knob("B", 8, { 8, 16 })
end
