-- rnngen show model THIS
-- error[budget] THIS:5: 256 MiB|steps
local t, s = {}, ('x'):rep(1000000)
for i = 1, 1000 do t[i] = s end
s = table.concat(t)
