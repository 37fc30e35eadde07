-- QRNN, many sequences at a time; see parts/qrnn.lua.
local many, schedule = require("parts.many"), require("parts.qrnn")

return function(m) schedule(many, m) end
