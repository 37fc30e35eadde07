-- Layers of LSTM in both directions over sequences of different lengths, few sequences at a time; see parts/lstm_encoder.lua.
local few, schedule = require("parts.few"), require("parts.lstm_encoder")

return function(m) schedule(few, m) end
