-- GILR-LSTM, few sequences at a time; see parts/gilr_lstm.lua.
local few, schedule = require("parts.few"), require("parts.gilr_lstm")

return function(m) schedule(few, m) end
