-- A selective state-space layer, few long sequences: chunks of time in parallel where a step has few states, after the products of all
-- steps; see parts/scan.lua.
local few, schedule, scan = require("parts.few"), require("parts.selective_ssm"), require("parts.scan")

return function(m)
  if scan.wide(m, m.h, "d", "s") then return schedule(m) end
  local run = few(m)
  run.product(m.low, { { "W_down", "k" }, i = "r" })
  run.product(m.e, { { "W_up", "r" }, i = "d" })
  run.each(m.delta, "d")
  run.product(m.B, { { "W_B", "k" }, i = "s" })
  run.product(m.C, { { "W_C", "k" }, i = "s" })
  m.A:vectorize("s")
  scan.run(m, m.time, m.h, "s")
  run.product(m.y, { { false, "s" }, i = "d" })         -- without weights
end
