-- A selective state-space layer, few sequences at a time; see parts/selective_ssm.lua.
return require("parts.selective_ssm")
