-- minGRU, few sequences at a time; see parts/min_gru.lua.
local few, schedule = require("parts.few"), require("parts.min_gru")

return function(m) schedule(few, m) end
