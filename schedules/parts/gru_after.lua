-- GRU with the reset gate after the product: one sum for all gates, the rest element by element, as in an LSTM.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.

return function(kind, m)
  local H = m.dims.H
  local run = kind(m, m.time, 3 * H * H)
  run.product(m.v, { { "W", "k" }, gates = "e" })
  run.slices(m.h, { inside = { m.g, m.z, m.r }, { m.u, { "U", "j" }, gates = "e" } })
end
