-- RNNoise, few sequences at a time; see parts/rnnoise.lua.
local few, schedule = require("parts.few"), require("parts.rnnoise")

return function(m) schedule(few, m) end
