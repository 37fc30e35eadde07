-- LSTM with one gate for both input and forgetting, many sequences at a time: three sums side by side; see parts/lstm.lua.
local many, lstm = require("parts.many"), require("parts.lstm")

return function(m) lstm(many, m, m, { m.f }) end
