-- A selective state-space layer, few long sequences: products before, the states of a channel side by side in chunks of time.
local few, scan = require("parts.few"), require("parts.scan")

return function(m)
  local run = few(m)
  run.product(m.low, { { "W_down", "k" }, i = "r" })
  run.product(m.e, { { "W_up", "r" }, i = "d" })
  run.each(m.delta, "d")
  run.product(m.B, { { "W_B", "k" }, i = "s" })
  run.product(m.C, { { "W_C", "k" }, i = "s" })
  m.A:vectorize("s")
  scan(m, m.time, m.h, "s")
  run.product(m.y, { { false, "s" }, i = "d" })         -- without weights
end
