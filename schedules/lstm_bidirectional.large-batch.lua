-- Layers of LSTM in both directions, many sequences at a time; see parts/lstm_bidirectional.lua.
local many, schedule = require("parts.many"), require("parts.lstm_bidirectional")

return function(m) schedule(many, m) end
