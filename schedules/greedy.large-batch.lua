-- The decoder that reads what it wrote, many sequences at a time: each step needs the symbol of the one before, so nothing comes out of time.
local many = require("parts.many")

return function(m)
  local V, D, H = m.dims.V, m.dims.D, m.dims.H
  local decoder, softmax = m.layers[1], "softmax."
  local run = many(m, m.time, 4 * H * (D + H) + V * H)
  run.slices(m.x, { i = "d" })
  run.slices(m:stage("decoder.h"), { inside = { m:stage("decoder.c") },
    { m:stage("decoder.a"), { "W", "k" }, { "U", "j" }, gates = "g" } })
  run.slices(m.o, { own = { { "W", "i" } }, i = "v" })
  run.slices(m:stage("softmax.e"), { i = "v" })
  run.slices(m:stage("softmax.y"), { i = "v" })
end
