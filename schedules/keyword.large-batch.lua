-- Keyword spotting, many sequences at a time; see parts/keyword.lua.
local many, schedule = require("parts.many"), require("parts.keyword")

return function(m) schedule(many, m) end
