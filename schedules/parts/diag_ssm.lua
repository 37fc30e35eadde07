-- A diagonal state-space layer, few sequences at a time: a step is element by element, the states of a channel side by side; the sum
-- over states after the steps, a chunk at a time.
local few = require("parts.few")

return function(m)
  local B = math.min(4 * m.target.lanes, m.re:extent("s"))
  local run = few(m, m.time)
  for _, h in ipairs { m.re, m.im } do h:split("s", "so", "si", B):vectorize("si") end
  run.product(m.y, { { false, "s" }, i = "d" })         -- without weights
end
