-- The encoder of RNN-T, few sequences at a time; see parts/rnnt_encoder.lua.
local few, schedule = require("parts.few"), require("parts.rnnt_encoder")

return function(m) schedule(few, m) end
