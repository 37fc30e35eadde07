-- mLSTM, few sequences: of its memory C each step changes all H x H numbers and h reads them, so h follows C after a few steps,
-- while they are in the cache. Its sums and that of d run along memory, in vectors.
local few, partial = require("parts.few"), require("parts.partial")

return function(m)
  m:math { reassoc = true }
  local H, V, C = m.dims.H, m.target.lanes, m:recurrence("C")
  few(m).product(m.a, { { "W", "j" }, gates = "g", i = "u", n = "b" })
  m.k:vectorize("s", V)
  m.n:vectorize("s", V)
  C:chunk(knob("C_chunk", 4, { 2, 4, 8, 16 }))
  m.C:split("u", "uo", "ui", 4):vectorize("s", V)
  partial(m, m.d, { "t", "b" }, { "s" })
  partial(m, m.h, { "t", "b", "u" }, { "s" }, 4)
  m.h:compute_at(C)
  if 4 * H * H >= 1 << 14 then                       -- each thread has rows of C that no other reads
    m.C:parallel("uo")
    m.h:parallel("uo")
    C:persistent { barrier = "flag" }
  end
end
