-- parts/lstm.lua · a layer of LSTM in any of its forms: one sum for all gates, the rest element by element
--
-- lstm(batch, m, layer, more): batch is parts.few or parts.many; more: what a step makes beside c, if anything. Returns how the
-- layer runs, for what is computed after it.
return function(batch, m, layer, more)
  local H, gates = layer.h:extent("i"), layer.a:extent("g")
  local run, x, h = batch(m, layer.time, gates * H * H), { "W", "k" }, { "U", "j" }
  local a = { layer.a, x, h, gates = "g" }
  if not run.joins(layer.a, { x, h, gates = "g" }) then                     -- the input product needs no earlier step
    run.product(layer.a:extract("xw", "W"), { x, gates = "g" })
    a = { layer.a, h, gates = "g" }
  end
  run.slices(layer.h, { inside = { layer.c, table.unpack(more or {}) }, a })
  return run
end
