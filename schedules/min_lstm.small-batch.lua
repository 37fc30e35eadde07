-- minLSTM, few sequences at a time; see parts/min_lstm.lua.
local few, schedule = require("parts.few"), require("parts.min_lstm")

return function(m) schedule(few, m) end
