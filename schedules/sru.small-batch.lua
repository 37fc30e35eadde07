-- Simple recurrent units, few sequences at a time; see parts/sru.lua.
local few, schedule = require("parts.few"), require("parts.sru")

return function(m) schedule(few, m) end
