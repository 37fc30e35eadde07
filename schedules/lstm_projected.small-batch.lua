-- LSTM with a recurrent projection, few sequences at a time; see parts/lstm_projected.lua.
local few, schedule = require("parts.few"), require("parts.lstm_projected")

return function(m) schedule(few, m) end
