-- LSTM with layer normalisation, few sequences: the products as in every LSTM. Means and variances are sums along memory, in
-- vectors; with all that follows them they run inside the loop of h over sequences, by one thread: the products are the work.
local few, partial = require("parts.few"), require("parts.partial")

return function(m)
  m:math { reassoc = true }
  local H, V = m.dims.H, m.target.lanes
  local run = few(m, m.time, 4 * H * H)
  run.product(m.v_2:extract("xw", "x"), { { "W", "k" }, gates = "g" })
  run.slices(m.v, { own = { { "U", "j" }, gates = "g" } })
  m.v_2:vectorize("i", V)
  for _, s in ipairs { m.mu, m.var } do partial(m, s, { "n", "e" }, { "g", "i" }) end
  for _, s in ipairs { m.m, m.s } do partial(m, s, { "n" }, { "l" }) end
  for _, s in ipairs { m.a, m.c, m.h } do s:vectorize("i", V) end
  for _, s in ipairs { m.mu, m.var, m.a, m.c, m.m, m.s } do s:compute_at(m.h, "n") end
end
