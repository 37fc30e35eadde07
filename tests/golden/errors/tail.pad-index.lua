-- rnngen show nest tests/laws/pad_index/model.lua THIS
return function(m)
  m.p:split("i", "io", "ii", 2, "pad")
end
