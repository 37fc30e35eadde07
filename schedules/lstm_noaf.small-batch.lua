-- LSTM without the function at its output, few sequences at a time; see parts/lstm.lua.
local few, lstm = require("parts.few"), require("parts.lstm")

return function(m) lstm(few, m, m) end
