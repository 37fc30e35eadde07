-- GILR-LSTM, few long sequences: a scan for p, the gates that look at it, and a scan for c, where a step is narrow; see parts/scan.lua.
local few, schedule, scan = require("parts.few"), require("parts.gilr_lstm"), require("parts.scan")

return function(m)
  if scan.wide(m, m.c, "i") then return schedule(few, m) end
  local run = few(m)
  run.product(m.e, { { "V_p", "k" }, gates = "r" })
  scan.run(m, m:recurrence("p"), m.p, "i")
  run.product(m.a, { { "V", "k" }, { "U", "j" }, gates = "g" })
  scan.run(m, m:recurrence("c"), m.c, "i")
  run.each(m.h)
end
