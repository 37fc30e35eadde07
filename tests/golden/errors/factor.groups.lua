-- rnngen show nest models/lstm_stack.lua THIS --set L=2
return function(m)
  m:wavefront { chunk = 8, groups = 3 }
  m:wavefront { chunk = 8, groups = 0 }
end
