-- rnngen show nest models/lstm.lua THIS
return function(m)
  m.time:chunk(32)
  m.c:compute_at(m.time)
end
