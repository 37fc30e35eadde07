-- GRU with the reset gate before the product, few sequences at a time; see parts/gru.lua.
local few, gru = require("parts.few"), require("parts.gru")

return function(m) gru(few, m, m, { "r", "z", "g" }) end
