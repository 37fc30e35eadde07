-- GRU with the reset gate after the product, many sequences at a time; see parts/gru_after.lua.
local many, schedule = require("parts.many"), require("parts.gru_after")

return function(m) schedule(many, m) end
