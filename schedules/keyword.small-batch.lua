-- Keyword spotting, few sequences at a time; see parts/keyword.lua.
local few, schedule = require("parts.few"), require("parts.keyword")

return function(m) schedule(few, m) end
