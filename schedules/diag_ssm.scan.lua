-- A diagonal state-space layer, few long sequences: the complex states of a channel side by side, in chunks of time.
local few, scan = require("parts.few"), require("parts.scan")

return function(m)
  local run = few(m)
  scan(m, m.time, m.re, "s")
  run.product(m.y, { { false, "s" }, i = "d" })         -- without weights
end
