-- Simple recurrent units, for any depth: products and outputs a chunk of steps at a time, c element by element.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.

return function(kind, m)
  for l, layer in ipairs(m.layers) do
    local run = kind(m, layer.time, 0, layer.c:extent("i"))
    if l == 1 then run.product(m.p, { { "W", "k" } }) end
    run.product(layer.u, { { "W", "k" }, gates = "e" })
    run.slices(layer.c, { inside = { layer.f } })
    run.each(layer.h, "i", { layer.r })
  end
end
