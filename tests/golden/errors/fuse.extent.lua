-- rnngen show schedule models/lstm.lua THIS --set H=72
return function(m)
  m.h:order("i", "n"):fuse("i", "n", "f")
  m.c:split("i", "io", "ii", 16):fuse("io", "ii", "f")
end
