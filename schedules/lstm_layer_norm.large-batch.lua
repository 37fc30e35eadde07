-- LSTM with layer normalisation, many sequences at a time: both products over tiles of sequences; means, variances and what
-- follows them are of one sequence, so threads take sequences.
local many = require("parts.many")

return function(m)
  local H, V = m.dims.H, m.target.lanes
  local run = many(m, m.time, 4 * H * H)
  run.product(m.v_2:extract("xw", "x"), { { "W", "k" }, gates = "g" })
  run.slices(m.v, { own = { { "U", "j" }, gates = "g" } })
  m.v_2:vectorize("i", V):parallel("n")
  m.mu:parallel("n")
  m.var:parallel("n")
  m.a:vectorize("i", V):parallel("n")
  m.c:vectorize("i", V):parallel("n")
  m.m:parallel("n")
  m.s:parallel("n")
  m.h:vectorize("i", V):parallel("n")
end
