-- The textbook network, many sequences at a time: the product with x before the steps, the output layer after them.
local many, softmax = require("parts.many"), require("parts.softmax")

return function(m)
  local H = m.dims.H
  local run = many(m, m.time, H * H)
  run.product(m.a:extract("xu", "x"), { { "U", "k" } })
  run.slices(m.h, { { m.a, { "W", "j" } } })
  run.product(m.o, { { "V", "j" }, i = "p" })
  softmax(run, m)
end
