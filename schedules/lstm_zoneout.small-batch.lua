-- LSTM with zoneout, few sequences at a time: c and h both read what c would be without it, so the gates are a part of the step of their own.
local few = require("parts.few")

return function(m)
  local H = m.dims.H
  local run = few(m, m.time, 4 * H * H)
  run.product(m.a:extract("xw", "W"), { { "W", "k" }, gates = "g" })
  run.slices(m.a, { own = { { "U", "j" }, gates = "g" } })
  for _, s in ipairs { m.new, m.c, m.h } do run.slices(s, {}) end
end
