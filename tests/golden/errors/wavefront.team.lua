-- rnngen show nest models/lstm_stack.lua THIS --set L=2
return function(m)
  m:stage("layer2.h"):parallel("i")
  m:wavefront { chunk = 8 }
end
