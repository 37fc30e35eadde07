-- Light GRU, few sequences at a time: the product with x and its normalisation before the steps, which have two sums side by side.
local few = require("parts.few")

return function(m)
  local H = m.dims.H
  local run = few(m, m.time, 2 * H * H)
  run.product(m.w, { { "W", "k" }, gates = "e" })
  run.each(m.BN)
  run.slices(m.h, { inside = { m.z }, { m.a, { "U", "j" }, gates = "e" } })
end
