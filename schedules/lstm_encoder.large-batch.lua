-- Layers of LSTM in both directions over sequences of different lengths, many sequences at a time; see parts/lstm_encoder.lua.
local many, schedule = require("parts.many"), require("parts.lstm_encoder")

return function(m) schedule(many, m) end
