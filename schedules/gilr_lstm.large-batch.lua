-- GILR-LSTM, many sequences at a time; see parts/gilr_lstm.lua.
local many, schedule = require("parts.many"), require("parts.gilr_lstm")

return function(m) schedule(many, m) end
