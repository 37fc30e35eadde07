-- mLSTM, many sequences at a time: the products as everywhere; of its memory C each sequence has H x H numbers, which no other
-- uses, so a tile over sequences has nothing to share: threads take sequences. h follows C after a few steps, since C is too
-- large to be kept for many.
local many = require("parts.many")

return function(m)
  local V, C = m.target.lanes, m:recurrence("C")
  many(m).product(m.a, { { "W", "j" }, gates = "g", i = "u", n = "b" })
  m.k:vectorize("s", V)
  m.n:vectorize("s", V)
  m.C:vectorize("s", V):parallel("b")
  m.h:compute_at(C):vectorize("u", 2 * V):order("b", "t", "uo", "s", "ui"):parallel("b")
  C:chunk(knob("C_chunk", 4, { 1, 2, 4, 8, 16 }))
end
