-- A diagonal state-space layer, many sequences at a time: each thread steps sequences of its own, the states of a channel side by
-- side; the sum over states after the steps, a chunk at a time.
local many = require("parts.many")

return function(m)
  local B = math.min(4 * m.target.lanes, m.re:extent("s"))
  local run = many(m, m.time)
  for _, h in ipairs { m.re, m.im } do h:split("s", "so", "si", B):vectorize("si"):parallel("n") end
  run.product(m.y, { { false, "s" }, i = "d" })         -- without weights
end
