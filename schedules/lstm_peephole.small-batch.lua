-- LSTM with peepholes, few sequences at a time: they are element by element, so it runs as every LSTM (parts/lstm.lua).
local few, lstm = require("parts.few"), require("parts.lstm")

return function(m) lstm(few, m, m) end
