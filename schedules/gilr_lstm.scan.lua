-- GILR-LSTM, few long sequences: a scan for p, the gates that look at it, and a scan for c.
local few, scan = require("parts.few"), require("parts.scan")

return function(m)
  local run = few(m)
  run.product(m.e, { { "V_p", "k" }, gates = "r" })
  scan(m, m:recurrence("p"), m.p, "i")
  run.product(m.a, { { "V", "k" }, { "U", "j" }, gates = "g" })
  scan(m, m:recurrence("c"), m.c, "i")
  run.each(m.h)
end
