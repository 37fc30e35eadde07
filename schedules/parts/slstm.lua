-- sLSTM: as an LSTM, with more states.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.

return function(kind, m)
  local H = m.dims.H
  local run = kind(m, m.time, 4 * H * H)
  run.product(m.a:extract("xw", "W"), { { "W", "k" }, gates = "g", i = "u", n = "b" })
  run.slices(m.h, { i = "u", n = "b", inside = { m.n, m.c, m.f, m.i, m.m }, { m.a, { "R", "j" }, gates = "g" } })
end
