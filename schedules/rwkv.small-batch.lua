-- RWKV-4's time mixing, few sequences at a time; see parts/rwkv.lua.
local few, rwkv = require("parts.few"), require("parts.rwkv")

return function(m) rwkv(few, m, m, m:recurrence("b")) end
