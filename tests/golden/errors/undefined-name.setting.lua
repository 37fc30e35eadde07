-- rnngen models/lstm.lua THIS
return function(m)
  for l = 1, m.settings.L do m.layers[l].h:vectorize("i") end
end
