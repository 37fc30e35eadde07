-- rnngen show nest models/lstm_bidirectional.lua THIS
return function(m)
  for _, r in ipairs(m.recurrences) do r:chunk(8) end
  m:stage("layer1.y"):compute_at(m:recurrence("layer2.forward.h"))
  m:wavefront { chunk = 8 }
end
