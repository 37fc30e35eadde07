-- Layers of LSTM whose input is added to their output, few sequences at a time; see parts/lstm_residual.lua.
local few, schedule = require("parts.few"), require("parts.lstm_residual")

return function(m) schedule(few, m) end
