-- IndRNN, few sequences at a time; see parts/indrnn.lua.
local few, schedule = require("parts.few"), require("parts.indrnn")

return function(m) schedule(few, m) end
