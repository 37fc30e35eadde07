-- The textbook network with tanh at its output, many sequences at a time: the product with x before the steps, the output layer after them.
local many = require("parts.many")

return function(m)
  local H = m.dims.H
  local run = many(m, m.time, H * H)
  run.product(m.h:extract("xu", "x"), { { "U", "k" } })
  run.slices(m.h, { own = { { "W", "j" } } })
  run.product(m.y, { { "V", "j" }, i = "p" })
end
