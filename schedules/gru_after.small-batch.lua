-- GRU with the reset gate after the product, few sequences at a time; see parts/gru_after.lua.
local few, schedule = require("parts.few"), require("parts.gru_after")

return function(m) schedule(few, m) end
