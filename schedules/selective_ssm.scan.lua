-- A selective state-space layer, few long sequences: chunks of time in parallel where a step has few states, after the products of all
-- steps; see parts/scan.lua.
local few, selective_ssm, scan = require("parts.few"), require("parts.selective_ssm"), require("parts.scan")

return function(m)
  if scan.wide(m, m.h, "d", "s") then return selective_ssm(few, m) end
  selective_ssm(few, m, function() scan.run(m, m.time, m.h, "s") end)
end
