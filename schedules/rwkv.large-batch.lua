-- RWKV-4's time mixing, many sequences at a time; see parts/rwkv.lua.
local many, rwkv = require("parts.many"), require("parts.rwkv")

return function(m) rwkv(many, m, m, m:recurrence("b")) end
