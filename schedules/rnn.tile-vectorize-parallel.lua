-- The textbook network with tiles of 64 units by 16 sequences, vectors of 16 units, slices of units in parallel: one of eight combinations, see parts/rnn.lua.
local rnn = require("parts.rnn")

return function(m) rnn(m, true, true, true) end     -- tile, vectorize, parallel
