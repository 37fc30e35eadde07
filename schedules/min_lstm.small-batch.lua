-- minLSTM, few sequences at a time: the products a chunk of steps at a time, the state element by element.
local few = require("parts.few")

return function(m)
  local run = few(m, m.time)
  run.product(m.a, { { "W", "k" }, gates = "g", i = "u" })
  run.each(m.f, "u")
  run.each(m.i, "u")
  run.slices(m.h, { i = "u" })
end
