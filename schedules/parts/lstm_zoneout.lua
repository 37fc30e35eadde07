-- LSTM with zoneout: c and h both read what c would be without it, so the gates are a part of the step of their own.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.

return function(kind, m)
  local H = m.dims.H
  local run = kind(m, m.time, 4 * H * H)
  run.product(m.a:extract("xw", "W"), { { "W", "k" }, gates = "g" })
  run.slices(m.a, { own = { { "U", "j" }, gates = "g" } })
  for _, s in ipairs { m.new, m.c, m.h } do run.slices(s, {}) end
end
