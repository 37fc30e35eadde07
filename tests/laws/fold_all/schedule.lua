return function(m)
  m.h:fold_storage("t", 2)
end
