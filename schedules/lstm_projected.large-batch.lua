-- LSTM with a recurrent projection, many sequences at a time: a step has two parts, since the projection sums over all of m.
local many = require("parts.many")

return function(m)
  local H, P = m.dims.H, m.dims.P
  local run = many(m, m.time, 5 * H * P)
  run.product(m.a:extract("xw", "W"), { { "W", "k" }, gates = "g" })
  run.slices(m.m, { inside = { m.c }, { m.a, { "U", "q" }, gates = "g" } })
  run.slices(m.r, { own = { { "W_r", "j" } }, i = "q" })
end
