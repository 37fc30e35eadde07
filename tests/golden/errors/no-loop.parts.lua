-- rnngen models/slstm.lua THIS
local few = require("parts.few")
return function(m)
  local run = few(m, m.time)
  run.product(m.a:extract("xw", "W"), { { "W", "k" }, gates = "g", i = "u" })
end
