-- rnngen models/gru.lua THIS
local few, gru = require("parts.few"), require("parts.gru")
return function(m) gru(few, m, m, { "r", "z", "q" }) end
