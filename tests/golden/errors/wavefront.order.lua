-- rnngen show nest models/lstm_stack.lua THIS --set L=2
return function(m)
  m:wavefront { chunk = 8, recurrences = { "layer2.h", "layer1.h" } }
end
