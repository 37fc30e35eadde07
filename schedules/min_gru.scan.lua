-- minGRU, few long sequences: the products of all steps, then the state in chunks of time where a step is narrow; see
-- parts/scan.lua.
local few, schedule, scan = require("parts.few"), require("parts.min_gru"), require("parts.scan")

return function(m)
  if scan.wide(m, m.h, "i") then return schedule(few, m) end
  local run = few(m)
  run.product(m.a, { { "W", "k" }, gates = "g" })
  run.each(m.z)
  scan.run(m, m.time, m.h, "i")
end
