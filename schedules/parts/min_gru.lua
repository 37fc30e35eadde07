-- minGRU: the products a chunk of steps at a time, the state element by element.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.

return function(kind, m)
  local run = kind(m, m.time, 0, m.h:extent("i"))
  run.product(m.a, { { "W", "k" }, gates = "g" })
  run.each(m.z)
  run.slices(m.h, {})
end
