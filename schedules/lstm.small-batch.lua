-- LSTM, few sequences at a time: one team of threads for the whole sequence, each keeps its slice of the weights
-- in its own cache; four gates of two vectors of hidden units accumulate in registers. Below 64 units a barrier
-- costs more than it gains: one thread. With 16 units (AVX2) both products are one sum:
-- 9 % faster, see parts/few.lua.
local few = require("parts.few")

return function(m)
  local V = m.target.lanes
  local team = m.dims.H >= 64
  local run, w = few(m), { { "W", "k" }, { "U", "j" }, gates = "g" }
  if run.joins(m.a, w) then
    return run.slices(m.h, { inside = { m.c }, { m.a, w[1], w[2], gates = "g" } })
  end
  local xw = m.a:extract("xw", "x")                       -- the input product becomes a stage outside time
     :split("t", "to", "ti", 3):split("i", "io", "ii", V)
     :order("io", "to", "n", "k", "g", "ti", "ii")
     :unroll("ti", "g"):vectorize("ii")
     :pack("W", "i/" .. V, "k", "g", "i%" .. V)
  m.h:split("i", "io", "ii", 2 * V):order("io", "n", "ii"):vectorize("ii"):alternate("io")
  m.c:compute_at(m.h, "n"):vectorize("i")
  m.a:compute_at(m.h, "n"):order("n", "j", "g", "i"):unroll("g"):vectorize("i")
     :pack("U", "i/" .. 2 * V, "j", "g", "i%" .. 2 * V)
  if m.dims.H >= 256 then m.a:prefetch("U", "j", 8) end   -- a slice that no longer fits the cache of its core
  if team then
    xw:parallel("io")
    m.h:parallel("io")
    m.time:persistent { barrier = "flag" }
  end
end
