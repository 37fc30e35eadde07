-- Simple recurrent units, many sequences at a time; see parts/sru.lua.
local many, schedule = require("parts.many"), require("parts.sru")

return function(m) schedule(many, m) end
