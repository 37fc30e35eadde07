-- minLSTM, few long sequences: the products of all steps, then the state in chunks of time where a step is narrow; see
-- parts/scan.lua.
local few, schedule, scan = require("parts.few"), require("parts.min_lstm"), require("parts.scan")

return function(m)
  if scan.wide(m, m.h, "u") then return schedule(few, m) end
  local run = few(m)
  run.product(m.a, { { "W", "k" }, gates = "g", i = "u" })
  run.each(m.f, "u")
  run.each(m.i, "u")
  scan.run(m, m.time, m.h, "u")
end
