-- LSTM without the function at its output, many sequences at a time; see parts/lstm.lua.
local many, lstm = require("parts.many"), require("parts.lstm")

return function(m) lstm(many, m, m) end
