-- The textbook network with vectors of 16 units: one of eight combinations, see parts/rnn.lua.
local rnn = require("parts.rnn")

return function(m) rnn(m, false, true, false) end     -- tile, vectorize, parallel
