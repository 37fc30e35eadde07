-- minLSTM, few long sequences: the products of all steps, then the state in chunks of time.
local few, scan = require("parts.few"), require("parts.scan")

return function(m)
  local run = few(m)
  run.product(m.a, { { "W", "k" }, gates = "g", i = "u" })
  run.each(m.f, "u")
  run.each(m.i, "u")
  scan(m, m.time, m.h, "u")
end
