-- A diagonal state-space layer, few long sequences: chunks of time in parallel where a step has few states; see parts/scan.lua.
local few, schedule, scan = require("parts.few"), require("parts.diag_ssm"), require("parts.scan")

return function(m)
  if scan.wide(m, m.re, "d", "s") then return schedule(m) end
  scan.run(m, m.time, m.re, "s")
  few(m).product(m.y, { { false, "s" }, i = "d" })      -- without weights
end
