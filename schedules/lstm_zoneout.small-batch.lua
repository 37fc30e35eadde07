-- LSTM with zoneout, few sequences at a time; see parts/lstm_zoneout.lua.
local few, schedule = require("parts.few"), require("parts.lstm_zoneout")

return function(m) schedule(few, m) end
