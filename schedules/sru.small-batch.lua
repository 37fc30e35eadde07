-- Simple recurrent units, few sequences at a time, for any depth: products and outputs a chunk of steps at a time, c element by element.
local few = require("parts.few")

return function(m)
  for l, layer in ipairs(m.layers) do
    local run = few(m, layer.time)
    if l == 1 then run.product(m.p, { { "W", "k" } }) end
    run.product(layer.u, { { "W", "k" }, gates = "e" })
    run.slices(layer.c, { inside = { layer.f } })
    run.each(layer.r)
    run.each(layer.h)
  end
end
