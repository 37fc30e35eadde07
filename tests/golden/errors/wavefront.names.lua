-- rnngen show nest models/lstm_stack.lua THIS
return function(m)
  m:wavefront { chunk = 8, recurrences = { "layer1.h", "layer1.c" } }
  m:wavefront { chunk = 8, recurrences = { "layer1.h", "layer9.h" } }
  m:wavefront { chunk = 0 }
end
