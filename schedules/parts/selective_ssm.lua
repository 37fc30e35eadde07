-- A selective state-space layer: products before the steps and the sum over states after them, a chunk of steps at a time; a step is
-- element by element, the states of a channel side by side.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time. steps: what runs them otherwise, and all of them at once.
return function(kind, m, steps)
  local run = kind(m, not steps and m.time or nil)
  run.product(m.low, { { "W_down", "k" }, i = "r" })
  run.product(m.e, { { "W_up", "r" }, i = "d" })
  run.each(m.delta, "d")
  run.product(m.B, { { "W_B", "k" }, i = "s" })
  run.product(m.C, { { "W_C", "k" }, i = "s" })
  m.A:vectorize("s")
  if steps then
    steps()
  else
    m.h:split("s", "so", "si", 2 * m.target.lanes):vectorize("si")
  end
  run.product(m.y, { { false, "s" }, i = "d" })         -- without weights
end
