-- rnngen show schedule models/lstm.lua THIS
return function(m)
  m.a:fuse("t", "n", "f")
  m.a:fuse("g", "n", "f")
  m.a:fuse("i", "k", "f")
  m.h:fuse("n", "i", "i")
  m.h:vectorize("i"):fuse("n", "i", "f")
  m.c:fuse("n", "i", "f"):unroll("i")
end
