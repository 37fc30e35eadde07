-- LSTM with a recurrent projection: a step has two parts, since the projection sums over all of m.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.

return function(kind, m)
  local H, P = m.dims.H, m.dims.P
  local run = kind(m, m.time, 5 * H * P)
  run.product(m.a:extract("xw", "W"), { { "W", "k" }, gates = "g" })
  run.slices(m.m, { inside = { m.c }, { m.a, { "U", "q" }, gates = "g" } })
  run.slices(m.r, { own = { { "W_r", "j" } }, i = "q" })
end
