-- A selective state-space layer, many sequences at a time; see parts/selective_ssm.lua. Threads take sequences in the steps.
local many, selective_ssm = require("parts.many"), require("parts.selective_ssm")

return function(m)
  selective_ssm(many, m)
  m.h:parallel("n")
end
