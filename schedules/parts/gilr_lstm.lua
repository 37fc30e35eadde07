-- GILR-LSTM: two recurrences element by element, one after the other; the gates of the second sum over the first.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.

return function(kind, m)
  local H = m.c:extent("i")
  local first, second = kind(m, m:recurrence("p"), 0, H), kind(m, m:recurrence("c"), 0, H)
  first.product(m.e, { { "V_p", "k" }, gates = "r" })
  first.slices(m.p, {})
  second.product(m.a, { { "V", "k" }, { "U", "j" }, gates = "g" })
  second.slices(m.c, {})
  second.each(m.h)
end
