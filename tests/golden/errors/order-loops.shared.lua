-- rnngen show nest tests/e2e/models/affine.lua THIS
return function(m)
  m.re:order("n", "i", "t")
  m.im:split("i", "io", "ii", 4):vectorize("ii")
end
