-- The linear recurrence, few sequences at a time: steps one after the other, each element by element. Long sequences of few
-- units want linear.scan.lua.
local few = require("parts.few")

return function(m) few(m, m.time).slices(m.h, {}) end
