-- QRNN, few sequences at a time; see parts/qrnn.lua.
local few, schedule = require("parts.few"), require("parts.qrnn")

return function(m) schedule(few, m) end
