-- LSTM with zoneout, many sequences at a time; see parts/lstm_zoneout.lua.
local many, schedule = require("parts.many"), require("parts.lstm_zoneout")

return function(m) schedule(many, m) end
