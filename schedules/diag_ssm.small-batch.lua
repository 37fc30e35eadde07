-- A diagonal state-space layer, few sequences at a time; see parts/diag_ssm.lua.
return require("parts.diag_ssm")
