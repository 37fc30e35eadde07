-- rnngen show nest models/lstm.lua THIS
return function(m)
  m.a:extract("xw", "x"):compute_at(m.time)
end
