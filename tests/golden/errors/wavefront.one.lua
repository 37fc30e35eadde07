-- rnngen show nest models/lstm.lua THIS
return function(m)
  m:wavefront { chunk = 8 }
end
