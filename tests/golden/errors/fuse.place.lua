-- rnngen show nest models/lstm.lua THIS --set H=72
return function(m)
  m.h:split("i", "io", "ii", 16)
  m.c:compute_at(m.h, "io"):order("n", "i"):fuse("n", "i", "f")
end
