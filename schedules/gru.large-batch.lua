-- GRU with the reset gate before the product, many sequences at a time; see parts/gru.lua.
local many, gru = require("parts.many"), require("parts.gru")

return function(m) gru(many, m, m, { "r", "z", "g" }) end
