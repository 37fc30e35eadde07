-- sLSTM, few sequences at a time; see parts/slstm.lua.
local few, schedule = require("parts.few"), require("parts.slstm")

return function(m) schedule(few, m) end
