-- LSTM with layer normalisation, many sequences at a time: both products over tiles of sequences; means, variances and what
-- follows them are of one sequence, so threads take sequences.
local many = require("parts.many")

return function(m)
  local H, V = m.dims.H, m.target.lanes
  local run = many(m, m.time, 4 * H * H)
  run.product(m.v_2:extract("xw", "x"), { { "W", "k" }, gates = "g" })
  run.slices(m.v, { own = { { "U", "j" }, gates = "g" } })
  m.v_2:vectorize("i", V):parallel("n")
  for _, s in ipairs { m.mu, m.var } do              -- a lone sum waits for the addition before it: eight take turns
    s:split("n", "no", "ni", 4):order("no", "g", "i", "ni", "e"):unroll("ni", "e"):parallel("no")
  end
  for _, s in ipairs { m.m, m.s } do
    s:split("n", "no", "ni", 8):order("no", "l", "ni"):unroll("ni"):parallel("no")
  end
  m.a:vectorize("i", V):parallel("n")
  m.c:vectorize("i", V):parallel("n")
  m.h:vectorize("i", V):parallel("n")
end
