-- The textbook network as its equations stand, beside seven combinations of directives: see parts/rnn.lua.
local rnn = require("parts.rnn")

return function(m) rnn(m, false, false, false) end     -- tile, vectorize, parallel
