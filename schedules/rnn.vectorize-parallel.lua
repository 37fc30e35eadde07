-- The textbook network with vectors of 16 units, slices of units in parallel: one of eight combinations, see parts/rnn.lua.
local rnn = require("parts.rnn")

return function(m) rnn(m, false, true, true) end     -- tile, vectorize, parallel
