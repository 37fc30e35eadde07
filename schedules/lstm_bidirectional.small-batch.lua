-- Layers of LSTM in both directions, few sequences at a time; see parts/lstm_bidirectional.lua.
local few, schedule = require("parts.few"), require("parts.lstm_bidirectional")

return function(m) schedule(few, m) end
