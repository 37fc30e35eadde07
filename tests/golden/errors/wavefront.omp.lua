-- rnngen show nest models/lstm_stack.lua THIS --set L=2
return function(m)
  for _, r in ipairs(m.recurrences) do r:persistent { barrier = "omp" } end
  m:wavefront { chunk = 8, groups = 2 }
end
