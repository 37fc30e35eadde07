-- LSTM with one gate for both input and forgetting, few sequences at a time: three sums side by side; see parts/lstm.lua.
local few, lstm = require("parts.few"), require("parts.lstm")

return function(m) lstm(few, m, m, { m.f }) end
