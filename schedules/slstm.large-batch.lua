-- sLSTM, many sequences at a time; see parts/slstm.lua.
local many, schedule = require("parts.many"), require("parts.slstm")

return function(m) schedule(many, m) end
