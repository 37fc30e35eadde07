-- The linear recurrence, many sequences at a time: steps one after the other, each element by element. Long sequences of few
-- units want linear.scan.lua.
local many = require("parts.many")

return function(m) many(m, m.time).slices(m.h, {}) end
