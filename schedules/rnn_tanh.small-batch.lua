-- The textbook network with tanh at its output, few sequences at a time: the product with x before the steps, the output layer after them.
local few = require("parts.few")

return function(m)
  local H = m.dims.H
  local run = few(m, m.time, H * H)
  run.product(m.h:extract("xu", "x"), { { "U", "k" } })
  run.slices(m.h, { own = { { "W", "j" } } })
  run.product(m.y, { { "V", "j" }, i = "p" })
end
