-- Layers of RWKV-4 over documents end to end, many sequences at a time; see parts/documents.lua.
local many, schedule = require("parts.many"), require("parts.documents")

return function(m) schedule(many, m) end
