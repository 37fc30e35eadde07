-- minLSTM, many sequences at a time; see parts/min_lstm.lua.
local many, schedule = require("parts.many"), require("parts.min_lstm")

return function(m) schedule(many, m) end
