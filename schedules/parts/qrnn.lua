-- QRNN, for any window and pooling: one sum over each step of the window, then c element by element.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.

return function(kind, m)
  local run = kind(m, m.time, 0, m.c:extent("i"))
  local W = { { "W", "k" }, gates = "g", at = m.settings.WINDOW > 1 and "*" or "0" }
  for w = 2, m.settings.WINDOW do W[w] = { "W", "k_" .. w } end
  run.product(m.a, W)
  run.slices(m.c, {})
  if m.settings.POOL > 1 then run.each(m.h) end
end
