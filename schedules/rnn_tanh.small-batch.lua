-- The textbook network with tanh at its output, few sequences at a time; see parts/rnn_tanh.lua.
local few, schedule = require("parts.few"), require("parts.rnn_tanh")

return function(m) schedule(few, m) end
