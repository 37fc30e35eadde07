-- RNNoise, many sequences at a time; see parts/rnnoise.lua.
local many, schedule = require("parts.many"), require("parts.rnnoise")

return function(m) schedule(many, m) end
