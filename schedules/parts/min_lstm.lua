-- minLSTM: the products a chunk of steps at a time, the state element by element.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.

return function(kind, m)
  local run = kind(m, m.time, 0, m.h:extent("u"))
  run.product(m.a, { { "W", "k" }, gates = "g", i = "u" })
  run.each(m.f, "u")
  run.each(m.i, "u")
  run.slices(m.h, { i = "u" })
end
