-- GILR-LSTM, few sequences at a time: two recurrences element by element, one after the other; the gates of the second sum over the first.
local few = require("parts.few")

return function(m)
  local first, second = few(m, m:recurrence("p")), few(m, m:recurrence("c"))
  first.product(m.e, { { "V_p", "k" }, gates = "r" })
  first.slices(m.p, {})
  second.product(m.a, { { "V", "k" }, { "U", "j" }, gates = "g" })
  second.slices(m.c, {})
  second.each(m.h)
end
