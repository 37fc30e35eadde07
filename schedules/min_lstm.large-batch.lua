-- minLSTM, many sequences at a time: the products a chunk of steps at a time, the state element by element.
local many = require("parts.many")

return function(m)
  local run = many(m, m.time)
  run.product(m.a, { { "W", "k" }, gates = "g", i = "u" })
  run.each(m.f, "u")
  run.each(m.i, "u")
  run.slices(m.h, { i = "u" })
end
