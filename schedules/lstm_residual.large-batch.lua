-- Layers of LSTM whose input is added to their output, many sequences at a time; see parts/lstm_residual.lua.
local many, schedule = require("parts.many"), require("parts.lstm_residual")

return function(m) schedule(many, m) end
