-- A selective state-space layer, few sequences at a time: products before the steps and the sum over states after them, a chunk of steps at a
-- time; a step is element by element, the states of a channel side by side.
local few = require("parts.few")

return function(m)
  local V = m.target.lanes
  local run = few(m, m.time)
  run.product(m.low, { { "W_down", "k" }, i = "r" })
  run.product(m.e, { { "W_up", "r" }, i = "d" })
  run.each(m.delta, "d")
  run.product(m.B, { { "W_B", "k" }, i = "s" })
  run.product(m.C, { { "W_C", "k" }, i = "s" })
  m.A:vectorize("s")
  m.h:split("s", "so", "si", 2 * V):vectorize("si")
  run.product(m.y, { { false, "s" }, i = "d" })         -- without weights
end
