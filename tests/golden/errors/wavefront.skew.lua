-- rnngen show nest tests/e2e/models/window.lua THIS
return function(m)
  m:wavefront { chunk = 2, skew = 1 }
end
