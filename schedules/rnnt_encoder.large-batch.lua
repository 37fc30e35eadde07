-- The encoder of RNN-T, many sequences at a time; see parts/rnnt_encoder.lua.
local many, schedule = require("parts.many"), require("parts.rnnt_encoder")

return function(m) schedule(many, m) end
