-- minGRU, many sequences at a time; see parts/min_gru.lua.
local many, schedule = require("parts.many"), require("parts.min_gru")

return function(m) schedule(many, m) end
