-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:5: steps|nested
local t = {}
for i = 1, 30000 do t[i] = i end
local function f(...) while true do select('#', ...) end end f(table.unpack(t))
