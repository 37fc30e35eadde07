-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:5: steps
local t = {}
for i = 1, 10000 do t[i] = '' end
while true do table.concat(t) end
