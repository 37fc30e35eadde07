-- IndRNN, many sequences at a time; see parts/indrnn.lua.
local many, schedule = require("parts.many"), require("parts.indrnn")

return function(m) schedule(many, m) end
