-- rnngen show schedule models/conv_lstm.lua THIS
return function(m)
  m.a:fuse("p", "q", "f"):reorder("c_in", "f")
end
