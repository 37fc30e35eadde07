-- IndRNN. The equation adds the product with x after the unit's own state; taken first it comes out of time, and what is left of a step
-- is element by element. That changes the order of a sum, hence the permission.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.

return function(kind, m)
  m:math { reassoc = true }
  local run = kind(m, m.time)
  run.product(m.h:extract("xw", "x"), { { "W", "k" } })
  run.slices(m.h, {})
end
