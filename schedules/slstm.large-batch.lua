-- sLSTM, many sequences at a time: as an LSTM, with more states.
local many = require("parts.many")

return function(m)
  local H = m.dims.H
  local run = many(m, m.time, 4 * H * H)
  run.product(m.a:extract("xw", "W"), { { "W", "k" }, gates = "g", i = "u", n = "b" })
  run.slices(m.h, { i = "u", n = "b", inside = { m.n, m.c, m.f, m.i, m.m }, { m.a, { "R", "j" }, gates = "g" } })
end
