-- LSTM with a recurrent projection, many sequences at a time; see parts/lstm_projected.lua.
local many, schedule = require("parts.many"), require("parts.lstm_projected")

return function(m) schedule(many, m) end
