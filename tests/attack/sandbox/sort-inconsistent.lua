-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:5: steps
local t = {}
for i = 1, 1000 do t[i] = i end
while true do table.sort(t, math.max) end
