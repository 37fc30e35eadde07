-- A GRU and an LSTM of other widths on diagonals; the projection between them is computed chunk by chunk with the second.
return function(m)
  local one, two = m.layers[1], m.layers[2]
  m.q:parallel("n"):compute_at(two.time)
  one.h:parallel("i")
  two.h:parallel("i")
  for _, layer in ipairs(m.layers) do layer.time:persistent { barrier = "flag" } end
  m:wavefront { chunk = 4 }
end
