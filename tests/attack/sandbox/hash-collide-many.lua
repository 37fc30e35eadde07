-- rnngen show model THIS
-- error[budget] THIS:4: steps
local t = {}
for i = 1, 1 << 40 do t[i * 65535 * 131071] = i end
