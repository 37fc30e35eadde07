-- The textbook network with slices of units in parallel: one of eight combinations, see parts/rnn.lua.
local rnn = require("parts.rnn")

return function(m) rnn(m, false, false, true) end     -- tile, vectorize, parallel
