-- Light GRU, many sequences at a time: the product with x and its normalisation before the steps, which have two sums side by
-- side: C compilers unroll a loop of two gates, and the sums of both no longer fit the registers; 2 sequences by 2 gates do.
local many = require("parts.many")

return function(m)
  local H = m.dims.H
  local run = many(m, m.time, 2 * H * H)
  run.product(m.w, { { "W", "k" }, gates = "e" })
  run.each(m.BN)
  run.slices(m.h, { rows = 2, beside = true, inside = { m.z }, { m.a, { "U", "j" }, gates = "e" } })
end
