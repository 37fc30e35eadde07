-- LSTM for a stream, one step of one sequence a call: both products are one sum, since an input that is only there now leaves
-- nothing to compute before. Up to 64 units a fifth faster than small-batch with T=1; the library refuses other sizes. A team is
-- made anew for each call, which takes as long as a seventh of 64 units, even of one thread: below 128 units there is none.
local few = require("parts.few")

return function(m)
  m:bound("T", 1, 1)
  m:bound("N", 1, 1)
  local H = m.dims.H
  few(m, m.time, H >= 128 and 8 * H * H or 0)
   .slices(m.h, { inside = { m.c }, { m.a, { "W", "k" }, { "U", "j" }, gates = "g" } })
end
