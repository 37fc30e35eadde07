-- GRU with the reset gate after the product, many sequences at a time: one sum for all gates, the rest element by element, as in an LSTM.
local many = require("parts.many")

return function(m)
  local H = m.dims.H
  local run = many(m, m.time, 3 * H * H)
  run.product(m.v, { { "W", "k" }, gates = "e" })
  run.slices(m.h, { inside = { m.g, m.z, m.r }, { m.u, { "U", "j" }, gates = "e" } })
end
