-- The textbook network with tanh at its output: the product with x before the steps, the output layer after them.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.

return function(kind, m)
  local H = m.dims.H
  local run = kind(m, m.time, H * H)
  run.product(m.h:extract("xu", "x"), { { "U", "k" } })
  run.slices(m.h, { own = { { "W", "j" } } })
  run.product(m.y, { { "V", "j" }, i = "p" })
end
