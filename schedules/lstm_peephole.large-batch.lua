-- LSTM with peepholes, many sequences at a time: they are element by element, so it runs as every LSTM (parts/lstm.lua).
local many, lstm = require("parts.many"), require("parts.lstm")

return function(m) lstm(many, m, m) end
