-- The textbook network with tanh at its output, many sequences at a time; see parts/rnn_tanh.lua.
local many, schedule = require("parts.many"), require("parts.rnn_tanh")

return function(m) schedule(many, m) end
