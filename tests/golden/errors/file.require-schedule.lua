-- rnngen models/lstm.lua THIS
local few = require("parts.fewer")
return function(m) few(m) end
