-- The decoder that reads what it wrote: each step needs the symbol of the one before, so nothing comes out of time.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.

return function(kind, m)
  local V, D, H = m.dims.V, m.dims.D, m.dims.H
  local decoder, softmax = m.layers[1], "softmax."
  local run = kind(m, m.time, 4 * H * (D + H) + V * H)
  run.slices(m.x, { i = "d" })
  run.slices(m:stage("decoder.h"), { inside = { m:stage("decoder.c") },
    { m:stage("decoder.a"), { "W", "k" }, { "U", "j" }, gates = "g" } })
  run.slices(m.o, { own = { { "W", "i" } }, i = "v" })
  run.slices(m:stage("softmax.e"), { i = "v" })
  run.slices(m:stage("softmax.y"), { i = "v" })
end
