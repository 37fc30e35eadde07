-- QRNN, few long sequences, for any window and pooling: the products of all steps, then c in chunks of time where a step is narrow; see
-- parts/scan.lua.
local few, schedule, scan = require("parts.few"), require("parts.qrnn"), require("parts.scan")

return function(m)
  if scan.wide(m, m.c, "i") then return schedule(few, m) end
  local run = few(m)
  local W = { { "W", "k" }, gates = "g", at = m.settings.WINDOW > 1 and "*" or "0" }
  for w = 2, m.settings.WINDOW do W[w] = { "W", "k_" .. w } end
  run.product(m.a, W)
  scan.run(m, m.time, m.c, "i")
  if m.settings.POOL > 1 then run.each(m.h) end
end
