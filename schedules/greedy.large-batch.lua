-- The decoder that reads what it wrote, many sequences at a time; see parts/greedy.lua.
local many, schedule = require("parts.many"), require("parts.greedy")

return function(m) schedule(many, m) end
