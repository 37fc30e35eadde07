-- Layers of RWKV-4 over documents end to end, few sequences at a time; see parts/documents.lua.
local few, schedule = require("parts.few"), require("parts.documents")

return function(m) schedule(few, m) end
