-- IndRNN, few sequences at a time. The equation adds the product with x after the unit's own state; taken first it comes out of time, and what is
-- left of a step is element by element. That changes the order of a sum, hence the permission.
local few = require("parts.few")

return function(m)
  m:math { reassoc = true }
  local run = few(m, m.time)
  run.product(m.h:extract("xw", "x"), { { "W", "k" } })
  run.slices(m.h, {})
end
