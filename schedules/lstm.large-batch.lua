-- LSTM, many sequences at a time: tiles of six sequences and two vectors of units, for one gate after the other; see parts/lstm.lua.
local many, lstm = require("parts.many"), require("parts.lstm")

return function(m) lstm(many, m, m) end
