-- The decoder that reads what it wrote, few sequences at a time; see parts/greedy.lua.
local few, schedule = require("parts.few"), require("parts.greedy")

return function(m) schedule(few, m) end
