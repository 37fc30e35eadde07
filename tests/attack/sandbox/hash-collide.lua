-- rnngen show model THIS
-- error[budget] THIS:5: steps
local t = {}
for i = 1, 2000 do t[i * 2047 * 4095] = i end
while true do local x = t[2047 * 4095 * 40001] end
