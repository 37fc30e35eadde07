-- LSTM, very many sequences of small layers: each thread runs its own sequences through all steps of a chunk, without a barrier between
-- steps. All threads read all weights, so a layer should fit a core's cache; with larger ones large-batch, where threads share the units.
local many, sums = require("parts.many"), require("parts.sums")

return function(m)
  local run, w = many(m, m.time), { { "U", "j" }, gates = "g" }
  local B = run.width(m.dims.H)
  run.product(m.a:extract("xw", "W"), { { "W", "k" }, gates = "g" })
  m.h:split("n", "no", "ni", run.rows):split("i", "io", "ii", B):order("no", "t", "io", "ni", "ii"):parallel("no"):vectorize("ii"):alternate("io")
  m.c:compute_at(m.h, "io"):vectorize("i")
  m.a:compute_at(m.h, "io"):order("g", "j", "n", "i"):unroll("n"):vectorize("i")
  sums.pack(m.a, w, "i", B, true)
  m.time:persistent { barrier = "flag" }
end
