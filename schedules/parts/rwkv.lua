-- parts/rwkv.lua · the time mixing of RWKV-4: all products are outside the recurrences of p, a and b, which are element by
-- element
--
-- rwkv(batch, m, layer, b, before): b is the recurrence after whose steps the output is made; before: do resets stand between
-- p, a and b and what they read of the step before?
return function(batch, m, layer, b, before)
  local all, run = batch(m), batch(m, b)
  all.each(layer.s, "j")
  all.product(layer.e, { { "W", "j" }, gates = "g" })
  for _, name in ipairs { "p", "a", "b" } do
    all.slices(layer[name], { inside = before and { layer[name .. "_before"] } })
  end
  run.each(layer.y)
  run.product(layer.o, { { "W_o", "i" }, i = "m" })
  return run
end
