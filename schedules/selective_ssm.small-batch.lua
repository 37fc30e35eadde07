-- A selective state-space layer, few sequences at a time; see parts/selective_ssm.lua.
local few, selective_ssm = require("parts.few"), require("parts.selective_ssm")

return function(m) selective_ssm(few, m) end
